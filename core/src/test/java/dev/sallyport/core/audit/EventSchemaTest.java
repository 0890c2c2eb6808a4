package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/audit-events.schema.json says what exports have: all of it, and nothing else. */
class EventSchemaTest {
    private static final Path SCHEMA = Path.of("../docs/audit-events.schema.json");

    /** Lines that are no events. */
    private static final Set<String> MORE = Set.of("gap", "stream-opened");

    private final String text = read();
    private final JsonNode definitions = JsonMapper.shared().readTree(text).path("$defs");
    private final Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(text, InputFormat.JSON);

    @Test
    void every_event_is_as_the_schema_says() {
        assertThat(lines())
                .allSatisfy(line -> assertThat(schema.validate(line, InputFormat.JSON))
                        .as(line)
                        .isEmpty());
    }

    @Test
    void what_is_no_event_does_not_pass() {
        assertThat(schema.validate("{\"index\":1,\"type\":\"odd\",\"at\":\"2026-03-04T05:06:07Z\"}", InputFormat.JSON))
                .isNotEmpty();
        assertThat(schema.validate(lines().getFirst().replace("\"version\"", "\"v\""), InputFormat.JSON))
                .isNotEmpty();
        assertThat(schema.validate(lines().getFirst().replace("05:06", "5:6"), InputFormat.JSON))
                .isNotEmpty();
    }

    /** The samples have every field of every event, so what is in neither is missing or out of date. */
    @Test
    void every_key_of_every_event_is_in_the_schema_and_no_other() {
        Set<String> written = new TreeSet<>();
        for (String line : lines()) {
            JsonNode event = JsonMapper.shared().readTree(line);
            note(written, event.path("type").asString(), event);
            event.path("parameters").forEach(each -> note(written, "parameter", each));
            event.path("effects").forEach(each -> note(written, "effect", each));
            event.path("columns").forEach(each -> note(written, "column", each));
        }
        Set<String> documented = new TreeSet<>();
        definitions.properties().stream()
                .filter(each -> !MORE.contains(each.getKey()))
                .forEach(each -> note(documented, each.getKey(), each.getValue().path("properties")));

        assertThat(documented).containsExactlyInAnyOrderElementsOf(written);
        assertThat(EventJson.types()).allSatisfy(type -> assertThat(written).contains(type + ".at"));
    }

    private static void note(Set<String> keys, String of, JsonNode object) {
        object.propertyNames().forEach(key -> keys.add(of + "." + key));
    }

    private static List<String> lines() {
        EventJson json = new EventJson((type, binary, value) -> new String(value, StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        for (AuditEvent event : SampleEvents.all()) {
            lines.add(json.line(new StoredEvent(lines.size(), 1, 0, event)));
        }
        return lines;
    }

    private static String read() {
        try {
            return Files.readString(SCHEMA);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
