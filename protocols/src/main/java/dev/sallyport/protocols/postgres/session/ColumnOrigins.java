package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.Masks;
import dev.sallyport.core.session.CommandRun;
import dev.sallyport.protocols.postgres.mask.ColumnPlan;
import dev.sallyport.protocols.postgres.mask.ValueKind;
import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.sql.postgres.BaseColumn;
import dev.sallyport.sql.postgres.OutputColumn;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Column;
import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the columns of one answer derive from, and so which masks are on them. Where a column is a table's own, the
 * target's description of the answer says so; else the analysis does. Where neither knows and the command touches a table
 * with masks, a column could derive from any of them.
 */
final class ColumnOrigins {
    private static final Mask REDACT = new Mask.Redact();

    private final Masks masks;
    private final Catalogue catalogue;
    private final boolean touches;
    private final Supplier<Optional<List<OutputColumn>>> analysed;
    private Optional<List<OutputColumn>> traced = Optional.empty();
    private boolean asked;

    /** @param analysed what the analysis says of the answer's columns, one for each; asked at most once */
    ColumnOrigins(CommandRun run, SessionContext context, Supplier<Optional<List<OutputColumn>>> analysed) {
        this.masks = context.session().masks(run.obligations().masks());
        this.catalogue = context.catalogue();
        this.touches = context.touchesMasks(run);
        this.analysed = analysed;
    }

    /**
     * The mask on a column of the answer.
     *
     * @param prefix a constant text before the masked value
     * @param suffix a constant text behind it
     * @param derived whether the column is none of those that the mask is on, but may hold something of them
     */
    record Origin(Optional<Mask> mask, String prefix, String suffix, boolean derived) {
        static final Origin UNMASKED = new Origin(Optional.empty(), "", "", false);
        static final Origin UNKNOWN = new Origin(Optional.of(REDACT), "", "", true);

        /** The stricter of this and the mask on the column's name in the answer; without either, detectors look. */
        ColumnPlan plan(Optional<Mask> onResult) {
            return onResult.isEmpty() && mask.isPresent()
                    ? new ColumnPlan.Replace(mask.get(), prefix, suffix)
                    : ColumnPlan.of(mask, onResult);
        }
    }

    /** Of the column at this place of a described answer. */
    Origin of(int index, Field field) {
        if (masks.rules().columns().isEmpty()) {
            return Origin.UNMASKED;
        }
        if (field.tableOid() == 0) {
            return touches ? analysed(index, field) : Origin.UNMASKED;
        }
        Relation relation = catalogue.relation(field.tableOid()).orElse(null);
        if (relation == null) {
            return Origin.UNKNOWN;
        }
        Column column = catalogue.column(field.tableOid(), field.attribute()).orElse(null);
        if (column == null) {
            // Numbers below 0 are the server's own columns, such as ctid.
            return field.attribute() < 0 ? Origin.UNMASKED : Origin.UNKNOWN;
        }
        return ofColumn(relation, column.name(), field);
    }

    /** Of a relation's column, which the answer's column is. */
    Origin ofColumn(Relation relation, String column, Field field) {
        return of(BaseColumn.of(relation, column, catalogue), "", "", field);
    }

    private Origin analysed(int index, Field field) {
        if (!asked) {
            asked = true;
            traced = analysed.get();
        }
        return traced.map(columns -> of(columns.get(index), field)).orElse(Origin.UNKNOWN);
    }

    /** Of a column that the analysis has followed. */
    Origin of(OutputColumn column, Field field) {
        return of(column.from(), column.prefix(), column.suffix(), field);
    }

    private Origin of(Collection<BaseColumn> bases, String prefix, String suffix, Field field) {
        Mask strictest = null;
        boolean itself = true;
        for (BaseColumn base : bases) {
            Mask mask = masks.columns()
                    .strictest(base.table(), base.column(), base.through())
                    .orElse(null);
            if (mask != null && (touches || !base.isUnknown())) {
                strictest = strictest == null ? mask : Mask.stricter(strictest, mask);
                itself &= base.whole() && ValueKind.alike(base.typeOid(), field.typeOid());
            }
        }
        if (strictest == null) {
            return Origin.UNMASKED;
        }
        return itself
                ? new Origin(Optional.of(strictest), prefix, suffix, false)
                : new Origin(Optional.of(Mask.stricter(strictest, REDACT)), "", "", true);
    }
}
