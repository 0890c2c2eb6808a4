package dev.sallyport.server.export;

import dev.sallyport.core.audit.EventJson;
import dev.sallyport.core.audit.LogFollower.Cause;
import dev.sallyport.core.audit.LogFollower.Step;
import dev.sallyport.core.audit.StoredEvent;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What stands in an export or a stream, one line each, without the line's end. docs/audit-events.schema.json has them all. */
public final class ExportLines {
    private static final EventJson EVENTS = new EventJson(PostgresValues::text);
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build())
            .build();

    private ExportLines() {}

    /** An event, or that some are missing. */
    public static String of(Step step, Instant now) {
        return switch (step) {
            case Step.Event(StoredEvent stored) -> event(stored, now);
            case Step.Gap gap -> gap(gap, now);
        };
    }

    /** One that cannot be shown does not keep all behind it from being exported. */
    private static String event(StoredEvent stored, Instant now) {
        try {
            return EVENTS.line(stored);
        } catch (RuntimeException unprintable) {
            return gap(
                    new Step.Gap(stored.index(), stored.index() + 1, Cause.DAMAGED, String.valueOf(unprintable)), now);
        }
    }

    private static String gap(Step.Gap gap, Instant now) {
        ObjectNode line = line("gap", now)
                .put("from", gap.from())
                .put("until", gap.until())
                .put("cause", gap.cause().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (!gap.detail().isEmpty()) {
            line.put("detail", gap.detail());
        }
        return JSON.writeValueAsString(line);
    }

    /** That a stream begins, or begins again, with record {@code from} of this log. */
    static String opened(String log, long from, Instant now) {
        return JSON.writeValueAsString(
                line("stream-opened", now).put("log", log).put("from", from));
    }

    private static ObjectNode line(String type, Instant at) {
        return JSON.createObjectNode().put("type", type).put("at", at.toString());
    }
}
