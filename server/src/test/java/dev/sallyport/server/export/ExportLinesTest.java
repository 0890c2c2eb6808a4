package dev.sallyport.server.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.sallyport.core.audit.AuditEvent.GatewayStopped;
import dev.sallyport.core.audit.LogFollower.Cause;
import dev.sallyport.core.audit.LogFollower.Step;
import dev.sallyport.core.audit.StoredEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ExportLinesTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.123456Z");

    @Test
    void every_line_is_as_the_schema_says() throws Exception {
        assertValid(ExportLines.opened("00112233445566778899aabbccddeeff", 12, NOW));
        for (Cause cause : Cause.values()) {
            assertValid(ExportLines.of(new Step.Gap(3, 9, cause, ""), NOW));
            assertValid(ExportLines.of(new Step.Gap(3, 9, cause, "segment 1\n\u202e"), NOW));
        }
        assertValid(ExportLines.of(new Step.Event(new StoredEvent(1, 1, 0, new GatewayStopped(NOW, ""))), NOW));
    }

    @Test
    void a_gap_is_told_in_printable_characters() {
        assertThat(ExportLines.of(new Step.Gap(3, 9, Cause.ROLLED_BACK, "\u001b[2J"), NOW))
                .isEqualTo("{\"type\":\"gap\",\"at\":\"2026-03-04T05:06:07.123456Z\",\"from\":3,\"until\":9,"
                        + "\"cause\":\"rolled-back\",\"detail\":\"\\u001B[2J\"}");
    }

    private static void assertValid(String line) throws IOException {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(Path.of("../docs/audit-events.schema.json")), InputFormat.JSON);
        assertThat(schema.validate(line, InputFormat.JSON)).as(line).isEmpty();
    }
}
