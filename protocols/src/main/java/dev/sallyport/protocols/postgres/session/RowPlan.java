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
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to the rows of one result: which of their columns are masked, and how. */
final class RowPlan {
    private final List<RecordedColumn> columns;
    private final List<String> withheld;
    private final @Nullable RowMasker masker;

    private RowPlan(List<RecordedColumn> columns, List<String> withheld, @Nullable RowMasker masker) {
        this.columns = columns;
        this.withheld = withheld;
        this.masker = masker;
    }

    static RowPlan of(List<Field> fields, CommandRun run, ColumnOrigins origins, SessionContext context) {
        Masks masks = context.session().masks(run.obligations().masks());
        List<ColumnPlan> plans = new ArrayList<>(fields.size());
        List<RecordedColumn> columns = new ArrayList<>(fields.size());
        List<String> withheld = new ArrayList<>(0);
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            ColumnOrigins.Origin origin = origins.of(i, field);
            ColumnPlan plan = origin.plan(masks.columns().ofResult(field.name()));
            plans.add(plan);
            if (origin.derived()) {
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

    /** The columns that are masked because they may hold something of masked ones without being one. */
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

    static RecordedColumn recorded(Field field, ColumnPlan plan) {
        return new RecordedColumn(
                field.name(), Integer.toUnsignedString(field.typeOid()), field.format() == 1, label(plan));
    }

    private static String label(ColumnPlan plan) {
        return switch (plan) {
            case ColumnPlan.Pass() -> "";
            case ColumnPlan.Detect() -> "";
            case ColumnPlan.Replace(Mask mask, String _, String _) ->
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
