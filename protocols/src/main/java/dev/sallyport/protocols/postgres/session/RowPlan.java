package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.Masks;
import dev.sallyport.core.session.CommandRun;
import dev.sallyport.protocols.postgres.mask.ColumnPlan;
import dev.sallyport.protocols.postgres.mask.RowMasker;
import dev.sallyport.protocols.postgres.mask.ValueMasker;
import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.Frames;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Column;
import dev.sallyport.sql.postgres.catalogue.Relation;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the rows of one result. A column is masked by the table column that it is, as the target's own
 * RowDescription tells; where it is none, or one that is not known, and the command touches a table with masks, it could
 * derive from any of them and is redacted.
 */
final class RowPlan {
    private static final Mask UNKNOWN_ORIGIN = new Mask.Redact();

    private final List<RecordedColumn> columns;
    private final List<String> withheld;
    private final @Nullable RowMasker masker;

    private RowPlan(List<RecordedColumn> columns, List<String> withheld, @Nullable RowMasker masker) {
        this.columns = columns;
        this.withheld = withheld;
        this.masker = masker;
    }

    static RowPlan of(List<Field> fields, CommandRun run, SessionContext context) {
        Masks masks = context.session().masks(run.obligations().masks());
        List<ColumnPlan> plans = new ArrayList<>(fields.size());
        List<RecordedColumn> columns = new ArrayList<>(fields.size());
        List<String> withheld = new ArrayList<>(0);
        boolean touches = context.touchesMasks(run);
        for (Field field : fields) {
            Origin origin = masks.rules().columns().isEmpty()
                    ? Origin.UNMASKED
                    : origin(field, masks, touches, context.catalogue());
            ColumnPlan plan = ColumnPlan.of(origin.mask, masks.columns().ofResult(field.name()));
            plans.add(plan);
            if (!origin.isKnown) {
                withheld.add(field.name());
            }
            columns.add(recorded(field, plan));
        }
        if (masks.rules().isEmpty()) {
            return new RowPlan(columns, withheld, null);
        }
        RowMasker masker = new RowMasker(fields, plans, new ValueMasker(masks.masker(), masks.detectors()));
        return new RowPlan(columns, withheld, masker.isNeeded() ? masker : null);
    }

    List<RecordedColumn> columns() {
        return columns;
    }

    /** The columns that are masked only because what they derive from is not known. */
    List<String> withheld() {
        return withheld;
    }

    /** Whether rows go through as they are. */
    boolean passes() {
        return masker == null;
    }

    /** The masked row as a message of its own, which is the caller's; {@code frame} stays the caller's too. */
    ByteBuf mask(ByteBuf frame) {
        RowMasker rows = masker;
        if (rows == null) {
            return frame.retainedSlice();
        }
        ByteBuf out = frame.alloc().buffer(frame.readableBytes());
        try {
            rows.mask(
                    frame.slice(frame.readerIndex() + Frames.HEADER_BYTES, frame.readableBytes() - Frames.HEADER_BYTES),
                    out);
            return out.retain();
        } finally {
            out.release();
        }
    }

    /**
     * What a column of the answer derives from.
     *
     * @param mask what hides it
     * @param isKnown whether the mask is on the very column; else it stands for all that it may derive from
     */
    private record Origin(Optional<Mask> mask, boolean isKnown) {
        static final Origin UNMASKED = new Origin(Optional.empty(), true);
        static final Origin UNKNOWN = new Origin(Optional.of(UNKNOWN_ORIGIN), false);
    }

    private static Origin origin(Field field, Masks masks, boolean touches, Catalogue catalogue) {
        if (field.tableOid() == 0) {
            return touches ? Origin.UNKNOWN : Origin.UNMASKED;
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
        Optional<Mask> named = named(relation, column.name(), masks, catalogue);
        if (named.isPresent()) {
            return new Origin(named, true);
        }
        return derives(relation, masks, catalogue) ? Origin.UNKNOWN : Origin.UNMASKED;
    }

    /** The mask on a relation's column; a view's may be any of the tables' below it. */
    static Optional<Mask> ofColumn(Relation relation, String column, Masks masks, Catalogue catalogue) {
        return named(relation, column, masks, catalogue)
                .or(() -> derives(relation, masks, catalogue) ? Optional.of(UNKNOWN_ORIGIN) : Optional.empty());
    }

    /** A partition's column is its table's, so a mask on either hides both. */
    private static Optional<Mask> named(Relation relation, String column, Masks masks, Catalogue catalogue) {
        Optional<Mask> strictest = Optional.empty();
        for (Relation relative : catalogue.family(relation.oid())) {
            Optional<Mask> mask = masks.columns().ofColumn(relative.schema(), relative.name(), column);
            if (mask.isPresent()) {
                strictest = strictest.map(one -> Mask.stricter(one, mask.get())).or(() -> mask);
            }
        }
        return strictest;
    }

    private static boolean derives(Relation relation, Masks masks, Catalogue catalogue) {
        return relation.isView() && masks.touchAny(catalogue.baseTables(relation.oid()));
    }

    static RecordedColumn recorded(Field field, ColumnPlan plan) {
        return new RecordedColumn(
                field.name(), Integer.toUnsignedString(field.typeOid()), field.format() == 1, label(plan));
    }

    private static String label(ColumnPlan plan) {
        return switch (plan) {
            case ColumnPlan.Pass() -> "";
            case ColumnPlan.Detect() -> "";
            case ColumnPlan.Replace(Mask mask) ->
                switch (mask) {
                    case Mask.Redact() -> "redact";
                    case Mask.Null() -> "null";
                    case Mask.KeepLast(int kept) -> "keepLast " + kept;
                    case Mask.KeepFirst(int kept) -> "keepFirst " + kept;
                    case Mask.Hash() -> "hash";
                };
        };
    }
}
