package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.Recordings.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever looks into a log that somebody damaged sees what is left of it, and is told that it is not all. */
class RecordingsTest {
    private static final SessionFilter ALL =
            new SessionFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    @TempDir
    Path directory;

    @BeforeEach
    void write_a_log_of_three_segments() throws IOException {
        for (int start = 1; start <= 3; start++) {
            try (SegmentedAuditLog log =
                    SegmentedAuditLog.open(directory, LogFixture.SLOW, Clock.systemUTC(), LogFixture.KEY)) {
                log.append(opened("s" + start));
                log.append(SampleEvents.shortCommand("s" + start, 1));
                log.append(SampleEvents.shortCommand("s1", 1 + start));
            }
        }
    }

    @Test
    void a_whole_log_has_no_damage() throws IOException {
        assertThat(sessions(list())).containsExactly("s1", "s2", "s3");
        assertThat(list().damage()).isEmpty();
        assertThat(commandsOf("s1")).hasSize(4);
    }

    @Test
    void what_stands_behind_a_damaged_record_is_shown_and_the_damage_told() throws IOException {
        flip(2, records(2).getFirst());

        assertThat(sessions(list())).containsExactly("s1", "s3");
        assertThat(list().damage()).anyMatch(what -> what.contains("segment 2 offset"));
        assertThat(commandsOf("s1")).containsExactly(1L, 2L, 4L);
    }

    @Test
    void a_damaged_header_hides_its_segment_alone() throws IOException {
        flip(2, 20L);

        assertThat(sessions(list())).containsExactly("s1", "s3");
        assertThat(list().damage()).anyMatch(what -> what.contains("segment 2"));
    }

    @Test
    void a_damaged_header_at_the_start_hides_its_segment_alone() throws IOException {
        flip(1, 20L);

        assertThat(sessions(list())).containsExactly("s2", "s3");
        assertThat(list().damage()).containsExactly("audit log: segment 1: header: wrong checksum");
    }

    @Test
    void missing_segments_at_the_start_and_in_between_are_told() throws IOException {
        Files.delete(new LogDirectory(directory).records(2));
        assertThat(sessions(list())).containsExactly("s1", "s3");
        assertThat(list().damage()).containsExactly("audit log: segment 2: is missing");
        Files.delete(new LogDirectory(directory).records(1));

        assertThat(sessions(list())).containsExactly("s3");
        assertThat(list().damage()).containsExactly("the segments before segment 3 are missing");
    }

    private Result<List<SessionSummary>> list() throws IOException {
        return new Recordings(LogFixture.place(directory)).list(ALL);
    }

    private static List<String> sessions(Result<List<SessionSummary>> result) {
        return result.found().stream().map(each -> each.opened().session()).toList();
    }

    private List<Long> commandsOf(String session) throws IOException {
        List<Long> commands = new ArrayList<>();
        try (Recording recording = new Recordings(LogFixture.place(directory)).open(session)) {
            for (Optional<StoredEvent> next = recording.next(); next.isPresent(); next = recording.next()) {
                if (next.get().event() instanceof AuditEvent.CommandDecided command) {
                    commands.add(command.sequence());
                }
            }
        }
        return commands;
    }

    /** Where the records of a segment stand. */
    private List<Long> records(long segment) throws IOException {
        return LogFixture.read(directory).stream()
                .filter(event -> event.segment() == segment)
                .map(StoredEvent::offset)
                .toList();
    }

    private void flip(long segment, long at) throws IOException {
        Path file = new LogDirectory(directory).records(segment);
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at + 5] ^= 1;
        Files.write(file, bytes);
    }

    private static AuditEvent opened(String session) {
        return SampleEvents.all().stream()
                .filter(AuditEvent.SessionOpened.class::isInstance)
                .map(AuditEvent.SessionOpened.class::cast)
                .map(e -> new AuditEvent.SessionOpened(
                        e.at(),
                        session,
                        e.protocol(),
                        e.remote(),
                        e.target(),
                        e.issuer(),
                        e.subject(),
                        e.client(),
                        e.groups(),
                        e.actors(),
                        e.claimedUser(),
                        e.application(),
                        e.revision(),
                        e.expiresAt()))
                .findFirst()
                .orElseThrow();
    }
}
