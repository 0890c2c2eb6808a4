package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * Events as JSON, one object a line, with nothing in it but printable ASCII: whatever was recorded does not act on the
 * terminal it is printed on. docs/audit-log.md has the schema.
 */
public final class EventJson {
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final ValueText values;

    /** Values are shown as {@code values} has them. */
    public EventJson(ValueText values) {
        this.values = values;
    }

    /** The names of all types of event, as they stand in a line. */
    public static List<String> types() {
        return Arrays.stream(EventType.values()).map(EventType::label).toList();
    }

    /** How a recorded value reads. */
    @FunctionalInterface
    public interface ValueText {
        /**
         * The value as text.
         *
         * @param type the type's name or number as it was recorded
         * @param binary whether it is in the protocol's binary form
         */
        String text(String type, boolean binary, byte[] value);
    }

    /** One line, without its end. */
    public String line(StoredEvent stored) {
        return line(out -> {
            out.writeNumberProperty("index", stored.index());
            out.writeStringProperty("type", stored.type());
            new EventWriter(new JsonSink(out, values)).write(stored.event());
        });
    }

    /** One line for a session as a whole. */
    public static String line(SessionSummary session) {
        return line(out -> {
            SessionSummary.Counts counts = session.counts();
            out.writeStringProperty("session", session.opened().session());
            out.writeStringProperty("opened", session.opened().at().toString());
            out.writeStringProperty("principal", session.principal());
            out.writeStringProperty("target", session.opened().target());
            out.writeStringProperty("protocol", session.opened().protocol());
            out.writeStringProperty("remote", session.opened().remote());
            out.writeStringProperty("application", session.opened().application());
            out.writeNumberProperty("commands", counts.commands());
            out.writeNumberProperty("denied", counts.denied());
            out.writeNumberProperty("held", counts.held());
            out.writeNumberProperty("failed", counts.failed());
            session.closed().ifPresent(closed -> {
                out.writeStringProperty("closed", closed.at().toString());
                out.writeStringProperty("reason", closed.reason());
            });
        });
    }

    private interface Body {
        void write(JsonGenerator out);
    }

    private static String line(Body body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            out.writeStartObject();
            body.write(out);
            out.writeEndObject();
        }
        // The one control character that JSON lets stand.
        return text.toString().replace("\u007f", "\\u007f");
    }

    private record JsonSink(JsonGenerator out, ValueText values) implements FieldSink {
        @Override
        public void time(Key key, Instant time) {
            out.writeStringProperty(key.label(), time.toString());
        }

        @Override
        public void text(Key key, String value) {
            out.writeStringProperty(key.label(), value);
        }

        @Override
        public void texts(Key key, List<String> texts) {
            out.writeName(key.label());
            out.writeStartArray();
            texts.forEach(out::writeString);
            out.writeEndArray();
        }

        @Override
        public void number(Key key, long value) {
            out.writeNumberProperty(key.label(), value);
        }

        @Override
        public void flag(Key key, boolean value) {
            out.writeBooleanProperty(key.label(), value);
        }

        @Override
        public <T> void each(Key key, List<T> items, BiConsumer<T, FieldSink> write) {
            out.writeName(key.label());
            out.writeStartArray();
            for (T item : items) {
                out.writeStartObject();
                write.accept(item, this);
                out.writeEndObject();
            }
            out.writeEndArray();
        }

        @Override
        public void parameters(List<RecordedParameter> parameters) {
            each(Key.PARAMETERS, parameters, (parameter, sink) -> {
                if (!parameter.type().isEmpty()) {
                    sink.text(Key.TYPE, parameter.type());
                }
                sink.text(Key.FORM, parameter.form());
                parameter.value().ifPresent(value -> sink.text(Key.VALUE, text(parameter, value)));
            });
        }

        private String text(RecordedParameter parameter, byte[] value) {
            return switch (parameter.form()) {
                case "text" -> new String(value, StandardCharsets.UTF_8);
                case "binary" -> values.text(parameter.type(), true, value);
                default -> HexFormat.of().formatHex(value);
            };
        }

        @Override
        public void rows(Answered answered) {
            if (answered.rows().length > 0) {
                rows(answered.columns(), RecordedRows.of(answered));
            }
            number(Key.ROW_COUNT, answered.rowCount());
        }

        private void rows(List<RecordedColumn> columns, List<List<Optional<byte[]>>> rows) {
            out.writeName(Key.ROWS.label());
            out.writeStartArray();
            for (List<Optional<byte[]>> row : rows) {
                out.writeStartArray();
                for (int field = 0; field < row.size(); field++) {
                    write(columns, row, field);
                }
                out.writeEndArray();
            }
            out.writeEndArray();
        }

        private void write(List<RecordedColumn> columns, List<Optional<byte[]>> row, int field) {
            byte[] value = row.get(field).orElse(null);
            if (value == null) {
                out.writeNull();
            } else if (columns.size() == row.size()) {
                RecordedColumn column = columns.get(field);
                out.writeString(values.text(column.type(), column.binary(), value));
            } else {
                // A piece of a stream: its columns are not apart.
                out.writeString(values.text("", false, value));
            }
        }
    }
}
