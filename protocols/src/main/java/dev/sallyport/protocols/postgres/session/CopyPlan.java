package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.masking.Masks;
import dev.sallyport.core.session.CommandRun;
import dev.sallyport.protocols.postgres.mask.ColumnPlan;
import dev.sallyport.protocols.postgres.mask.CopyFormat;
import dev.sallyport.protocols.postgres.mask.CopyMasker;
import dev.sallyport.protocols.postgres.mask.ValueKind;
import dev.sallyport.protocols.postgres.mask.ValueMasker;
import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.Frames;
import dev.sallyport.protocols.postgres.wire.MessageReader;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import dev.sallyport.sql.postgres.BaseColumn;
import dev.sallyport.sql.postgres.Facts;
import dev.sallyport.sql.postgres.OutputColumn;
import dev.sallyport.sql.postgres.Statement;
import dev.sallyport.sql.postgres.StatementKind;
import dev.sallyport.sql.postgres.catalogue.Relation;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What happens to the stream of a COPY to the client. */
final class CopyPlan {
    private static final int TEXT_OID = 25;

    private final List<RecordedColumn> columns;
    private final @Nullable CopyMasker masker;

    private CopyPlan(List<RecordedColumn> columns, @Nullable CopyMasker masker) {
        this.columns = columns;
        this.masker = masker;
    }

    /** Reads a CopyOutResponse and plans by it. */
    static CopyPlan of(ByteBuf frame, CommandRun run, Judgement judgement, SessionContext context) {
        MessageReader body = MessageReader.ofFrame(frame);
        boolean binary = body.int8() == 1;
        int count = body.count(2);
        Masks masks = context.session().masks(run.obligations().masks());
        if (masks.rules().isEmpty()) {
            return new CopyPlan(List.of(), null);
        }
        Facts facts = judgement.facts().getFirst();
        List<Field> fields = new ArrayList<>(count);
        List<ColumnPlan> plans = new ArrayList<>(count);
        ColumnOrigins origins = new ColumnOrigins(run, context, Optional::empty);
        switch (run.command().answer()) {
            case TABLE_STREAM -> {
                requireColumns(facts.streamColumns().size(), count);
                for (String name : facts.streamColumns()) {
                    Field field = field(facts, name, binary, context);
                    fields.add(field);
                    plans.add(plan(facts, field, masks, origins, context));
                }
            }
            case QUERY_STREAM -> {
                requireColumns(facts.streamOrigins().size(), count);
                for (OutputColumn column : facts.streamOrigins()) {
                    Field field = field(column, binary);
                    ColumnOrigins.Origin origin = origins.of(column, field);
                    fields.add(origin.mask().isPresent() ? field : unnamed(binary));
                    plans.add(origin.plan(Optional.empty()));
                }
            }
            case OPAQUE_STREAM, DESCRIBED -> {
                if (context.touchesMasks(run)) {
                    throw new ProtocolViolation("COPY: its columns are not known");
                }
                for (int i = 0; i < count; i++) {
                    fields.add(unnamed(binary));
                    plans.add(new ColumnPlan.Detect());
                }
            }
        }
        List<RecordedColumn> recorded = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            recorded.add(RowPlan.recorded(fields.get(i), plans.get(i)));
        }
        CopyMasker masker = new CopyMasker(
                format(facts, binary),
                fields,
                plans,
                new ValueMasker(masks.masker(), masks.detectors()),
                context.settings().maxRowBytes());
        return new CopyPlan(recorded, masker);
    }

    List<RecordedColumn> columns() {
        return columns;
    }

    /** Hands each CopyData message that may go on to {@code sink}, which owns it; {@code frame} stays the caller's. */
    void mask(ByteBuf frame, Consumer<ByteBuf> sink) {
        if (masker == null) {
            sink.accept(frame.retainedSlice());
            return;
        }
        ByteBuf out = frame.alloc().buffer(frame.readableBytes());
        try {
            masker.data(
                    frame.slice(frame.readerIndex() + Frames.HEADER_BYTES, frame.readableBytes() - Frames.HEADER_BYTES),
                    out);
            while (out.isReadable()) {
                sink.accept(out.readRetainedSlice(Frames.size(out, out.readerIndex(), Integer.MAX_VALUE)));
            }
        } finally {
            out.release();
        }
    }

    /** The stream is over. */
    void finish() {
        if (masker != null) {
            masker.done();
        }
    }

    private static void requireColumns(int expected, int count) {
        if (expected != count) {
            throw new ProtocolViolation("COPY: " + count + " columns (expected: " + expected + ")");
        }
    }

    /** A stream tells nothing of its columns' types; what is a table's column still has the type that it has there. */
    private static Field field(OutputColumn column, boolean binary) {
        int type = 0;
        for (BaseColumn base : column.from()) {
            if (!base.whole() || (type != 0 && !ValueKind.alike(type, base.typeOid()))) {
                return new Field("", 0, 0, 0, -1, -1, binary ? 1 : 0);
            }
            type = base.typeOid();
        }
        return new Field("", 0, 0, type, -1, -1, binary ? 1 : 0);
    }

    private static Field field(Facts facts, String name, boolean binary, SessionContext context) {
        int type = relation(facts, context)
                .flatMap(relation -> relation.column(name))
                .map(column -> column.typeOid())
                .orElse(binary ? 0 : TEXT_OID);
        return new Field(name, 0, 0, type, -1, -1, binary ? 1 : 0);
    }

    private static Field unnamed(boolean binary) {
        return new Field("", 0, 0, binary ? 0 : TEXT_OID, -1, -1, binary ? 1 : 0);
    }

    private static Optional<Relation> relation(Facts facts, SessionContext context) {
        int dot = facts.streamTable().indexOf('.');
        return dot < 0
                ? Optional.empty()
                : context.catalogue()
                        .relation(
                                facts.streamTable().substring(0, dot),
                                facts.streamTable().substring(dot + 1));
    }

    private static ColumnPlan plan(
            Facts facts, Field field, Masks masks, ColumnOrigins origins, SessionContext context) {
        return relation(facts, context)
                .map(relation -> origins.ofColumn(relation, field.name(), field))
                .orElse(ColumnOrigins.Origin.UNKNOWN)
                .plan(masks.columns().ofResult(field.name()));
    }

    private static CopyFormat format(Facts facts, boolean binary) {
        Map<String, String> options = Map.of();
        for (Statement statement : facts.analysis().statements()) {
            if (statement.kind() instanceof StatementKind.Copy copy) {
                options = copy.options();
            }
        }
        if (binary) {
            return new CopyFormat.Binary();
        }
        boolean header = isOn(options.getOrDefault("header", options.containsKey("header") ? "" : "off"));
        if (options.getOrDefault("format", "text").equalsIgnoreCase("csv")) {
            char quote = one(options.get("quote"), CopyFormat.Csv.DEFAULT.quote());
            return new CopyFormat.Csv(
                    one(options.get("delimiter"), CopyFormat.Csv.DEFAULT.delimiter()),
                    quote,
                    one(options.get("escape"), quote),
                    options.getOrDefault("null", CopyFormat.Csv.DEFAULT.nullText()),
                    header);
        }
        return new CopyFormat.Text(
                one(options.get("delimiter"), CopyFormat.Text.DEFAULT.delimiter()),
                options.getOrDefault("null", CopyFormat.Text.DEFAULT.nullText()),
                header);
    }

    private static char one(@Nullable String option, char otherwise) {
        return option == null || option.length() != 1 ? otherwise : option.charAt(0);
    }

    private static boolean isOn(String option) {
        return switch (option.toLowerCase(Locale.ROOT)) {
            case "", "true", "on", "1", "match" -> true;
            default -> false;
        };
    }
}
