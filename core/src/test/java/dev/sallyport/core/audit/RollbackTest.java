package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.SegmentHeader.Kind;
import dev.sallyport.core.audit.Verification.Fault;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a log that is whole in itself cannot show, a checkpoint that was kept elsewhere does. */
@Timeout(120)
class RollbackTest {
    private static final int COPIES = 5;
    private static final int EVENTS = 2;

    @TempDir
    Path directory;

    private final List<SignedCheckpoint> published = new ArrayList<>();
    private final List<Path> copies = new ArrayList<>();

    /** Each start adds a segment with a few events; a copy is kept of the log as it was after each. */
    @BeforeEach
    void write_a_log_and_keep_a_copy_after_each_start() throws IOException {
        Path live = directory.resolve("live");
        for (int start = 0; start < COPIES; start++) {
            append(live, "s" + start);
            Path copy = directory.resolve("copy" + start);
            LogFixture.copy(live, copy);
            copies.add(copy);
        }
        assertThat(published).extracting(signed -> signed.checkpoint().size()).containsExactlyElementsOf(sizes());
    }

    private void append(Path path, String session) throws IOException {
        AuditLogOptions options = LogFixture.SLOW.withPublished(published::add);
        try (SegmentedAuditLog log = SegmentedAuditLog.open(path, options, Clock.systemUTC(), LogFixture.KEY)) {
            for (int event = 0; event < EVENTS; event++) {
                log.append(SampleEvents.shortCommand(session, event + 1));
            }
        }
    }

    private static List<Long> sizes() {
        List<Long> sizes = new ArrayList<>();
        for (int start = 1; start <= COPIES; start++) {
            sizes.add((long) start * EVENTS);
        }
        return sizes;
    }

    @Test
    void every_older_copy_is_found_against_every_later_checkpoint() throws IOException {
        for (int copy = 0; copy < COPIES; copy++) {
            for (int kept = 0; kept < COPIES; kept++) {
                Verification found = LogFixture.verify(copies.get(copy), List.of(published.get(kept)));
                if (kept <= copy) {
                    assertThat(found.faults()).isEmpty();
                } else {
                    Fault fault = found.faults().getFirst();
                    assertThat(fault.what()).contains("its end was cut off, or it was rolled back");
                    assertThat(fault.index()).isEqualTo((copy + 1L) * EVENTS);
                    assertThat(fault.file()).isEqualTo(String.format("%010d.log", copy + 1));
                }
                assertThat(LogFixture.verify(copies.get(copy)).isWhole())
                        .as("seen without one")
                        .isTrue();
            }
        }
    }

    @Test
    void an_older_copy_that_was_written_on_is_found_against_every_later_checkpoint() throws IOException {
        for (int copy = 0; copy + 1 < COPIES; copy++) {
            Path forged = directory.resolve("forged" + copy);
            LogFixture.copy(copies.get(copy), forged);
            for (int start = copy; start < COPIES; start++) {
                append(forged, "x" + start);
            }
            assertThat(LogFixture.verify(forged).isWhole()).isTrue();
            for (int kept = 0; kept < COPIES; kept++) {
                List<Fault> faults = LogFixture.verify(forged, published.subList(0, kept + 1))
                        .faults();
                if (kept <= copy) {
                    assertThat(faults).isEmpty();
                } else {
                    assertThat(faults.getFirst().what())
                            .contains("are not those of the checkpoint kept elsewhere")
                            .contains("one of records " + (copy + 1) * EVENTS + " to " + ((copy + 2) * EVENTS - 1));
                }
            }
        }
    }

    @Test
    void a_cut_at_every_record_is_found() throws IOException {
        Path whole = copies.getLast();
        SignedCheckpoint kept = published.getLast();
        LogDirectory log = new LogDirectory(whole);
        for (long segment : log.segments().reversed()) {
            for (long offset : ends(log.records(segment), Kind.RECORDS).reversed()) {
                truncate(log.records(segment), offset);
                // The segment's one checkpoint speaks of its end, so whoever cuts takes it away too.
                truncate(
                        log.checkpoints(segment),
                        ends(log.checkpoints(segment), Kind.CHECKPOINTS).getFirst());

                assertThat(LogFixture.verify(whole).isWhole()).isTrue();
                Fault fault = LogFixture.verify(whole, List.of(kept)).faults().getFirst();
                assertThat(fault.what()).contains("but the checkpoint kept elsewhere");
                assertThat(fault.file())
                        .isEqualTo(String.valueOf(log.records(segment).getFileName()));
                assertThat(fault.offset()).isEqualTo(offset);
            }
            if (segment > 1) {
                Files.delete(log.records(segment));
                Files.delete(log.checkpoints(segment));
                assertThat(LogFixture.verify(whole).isWhole()).isTrue();
                assertThat(LogFixture.verify(whole, List.of(kept)).isWhole()).isFalse();
            }
        }
    }

    /** Where the header and each record end, but for the last record. */
    private static List<Long> ends(Path file, Kind kind) throws IOException {
        List<Long> ends = new ArrayList<>();
        try (SegmentReader reader = SegmentReader.open(file, kind)) {
            do {
                ends.add(reader.offset());
            } while (reader.next() instanceof SegmentReader.Step.Whole);
        }
        if (ends.size() > 1) {
            ends.removeLast();
        }
        return ends;
    }

    private static void truncate(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    @Test
    void every_segment_that_is_missing_is_found_and_named() throws IOException {
        for (int segment = 1; segment < COPIES; segment++) {
            Path without = directory.resolve("without" + segment);
            LogFixture.copy(copies.getLast(), without);
            LogDirectory log = new LogDirectory(without);
            Files.delete(log.records(segment));
            Files.delete(log.checkpoints(segment));

            Fault fault = LogFixture.verify(without).faults().getFirst();

            assertThat(fault.file()).isEqualTo(String.format("%010d.log", segment));
            assertThat(fault.what()).contains("missing");
        }
    }

    @Test
    void every_pair_of_segments_that_changed_places_is_found() throws IOException {
        for (int one = 1; one <= COPIES; one++) {
            for (int other = one + 1; other <= COPIES; other++) {
                Path swapped = directory.resolve("swapped" + one + "-" + other);
                LogFixture.copy(copies.getLast(), swapped);
                LogDirectory log = new LogDirectory(swapped);
                swap(log.records(one), log.records(other));
                swap(log.checkpoints(one), log.checkpoints(other));

                Fault fault = LogFixture.verify(swapped).faults().getFirst();

                assertThat(fault.file()).isEqualTo(String.format("%010d.log", one));
                assertThat(fault.what()).contains("is segment " + other + " by its header");
            }
        }
    }

    private static void swap(Path one, Path other) throws IOException {
        byte[] first = Files.readAllBytes(one);
        Files.write(one, Files.readAllBytes(other));
        Files.write(other, first);
    }

    @Test
    void a_log_made_anew_with_another_key_is_found() throws IOException {
        Path forged = directory.resolve("forged");
        append(forged, "x");
        Files.copy(
                copies.getLast().resolve("signing.vkey"),
                forged.resolve("signing.vkey"),
                StandardCopyOption.REPLACE_EXISTING);

        assertThat(LogFixture.verify(forged).faults().getFirst().what())
                .contains("checkpoint: is signed by none of the known keys");
        assertThat(LogFixture.verify(forged).vouched()).isEmpty();
    }

    @Test
    void a_checkpoint_of_another_log_does_not_do() throws IOException {
        Path other = directory.resolve("other");
        append(other, "x");

        assertThat(LogFixture.verify(copies.getLast(), List.of(published.getLast()))
                        .faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.what()).contains("but the checkpoint kept elsewhere is of log"));
    }
}
