package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever wants some records of a large log need not read all of it. */
class AuditReaderTest {
    private static final int SEGMENTS = 5;
    private static final int IN_EACH = 4;

    @TempDir
    Path directory;

    @BeforeEach
    void write_a_log_of_several_segments() throws IOException {
        for (int segment = 0; segment < SEGMENTS; segment++) {
            try (SegmentedAuditLog log =
                    SegmentedAuditLog.open(directory, LogFixture.SLOW, Clock.systemUTC(), LogFixture.KEY)) {
                for (int i = 0; i < IN_EACH; i++) {
                    log.append(SampleEvents.shortCommand("s", segment * IN_EACH + i));
                }
            }
        }
    }

    @Test
    void begins_at_any_record() throws IOException {
        for (long index = 0; index < SEGMENTS * IN_EACH; index++) {
            try (AuditReader reader = AuditReader.openAt(LogFixture.place(directory), index)) {
                assertThat(reader.next()).map(StoredEvent::index).contains(index);
            }
        }
        try (AuditReader reader = AuditReader.openAt(LogFixture.place(directory), SEGMENTS * IN_EACH)) {
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void goes_from_any_record_to_any_later_one_and_never_back() throws IOException {
        for (long from = 0; from < SEGMENTS * IN_EACH; from++) {
            for (long to = 0; to < SEGMENTS * IN_EACH; to++) {
                try (AuditReader reader = AuditReader.openAt(LogFixture.place(directory), from)) {
                    reader.skipTo(to);
                    assertThat(reader.next()).map(StoredEvent::index).contains(Math.max(from, to));
                }
            }
        }
    }

    @Test
    void begins_with_what_is_left_where_the_rest_was_deleted() throws IOException {
        Files.delete(directory.resolve("0000000001.log"));
        try (AuditReader reader = AuditReader.openAt(LogFixture.place(directory), 1)) {
            assertThat(reader.next()).map(StoredEvent::index).contains((long) IN_EACH);
        }
    }

    @Test
    void says_where_there_is_no_log(@TempDir Path empty) {
        assertThatThrownBy(() -> AuditReader.openAt(LogFixture.place(empty), 0))
                .hasMessageContaining("holds no audit log");
    }
}
