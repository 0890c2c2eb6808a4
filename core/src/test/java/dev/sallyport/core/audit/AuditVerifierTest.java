package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.Verification.Fault;
import dev.sallyport.core.audit.proof.MerkleTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to a small log that was closed, the verifier finds it and says where. */
@Timeout(120)
class AuditVerifierTest {
    private static final int EVENTS = 24;

    @TempDir
    Path directory;

    private final LogDirectory log() {
        return new LogDirectory(directory);
    }

    @BeforeEach
    void write_a_log_of_three_segments() throws IOException {
        for (int start = 0; start < 3; start++) {
            try (SegmentedAuditLog log =
                    SegmentedAuditLog.open(directory, LogFixture.SLOW, Clock.systemUTC(), LogFixture.KEY)) {
                for (int i = 0; i < EVENTS / 3; i++) {
                    log.append(SampleEvents.shortCommand("s" + start, i + 1));
                }
            }
        }
        assertThat(log().segments()).containsExactly(1L, 2L, 3L);
        Verification verification = LogFixture.verify(directory);
        assertThat(verification.isWhole()).isTrue();
        assertThat(verification.vouched().orElseThrow().size()).isEqualTo(EVENTS);
    }

    @Test
    void finds_every_change_of_a_byte_and_says_where() throws IOException {
        for (Path file : LogFixture.segmentFiles(directory)) {
            byte[] whole = Files.readAllBytes(file);
            List<StoredRecord> records = records(file);
            for (int at = 0; at < whole.length; at++) {
                byte[] changed = whole.clone();
                changed[at] ^= (byte) (1 << (at % 8));
                Files.write(file, changed);

                Fault fault = firstFault();

                assertThat(fault.file()).as("byte %d of %s", at, file).isEqualTo(name(file));
                assertThat(fault.offset()).isEqualTo(recordAt(records, at));
            }
            Files.write(file, whole);
        }
    }

    @Test
    void finds_every_record_that_was_dropped() throws IOException {
        for (long segment : log().segments()) {
            List<StoredRecord> records = records(log().records(segment));
            for (int drop = 0; drop < records.size(); drop++) {
                List<StoredRecord> kept = new ArrayList<>(records);
                StoredRecord dropped = kept.remove(drop);
                rewritten(segment, kept, () -> {
                    Fault fault = firstFault();
                    assertThat(fault.index()).isEqualTo(dropped.index());
                    assertThat(fault.file()).startsWith(String.format("%010d.", segment));
                });
            }
        }
    }

    @Test
    void finds_every_record_that_was_doubled() throws IOException {
        for (long segment : log().segments()) {
            List<StoredRecord> records = records(log().records(segment));
            for (int twice = 0; twice < records.size(); twice++) {
                List<StoredRecord> more = new ArrayList<>(records);
                more.add(twice, records.get(twice));
                long second = records.get(twice).end();
                rewritten(segment, more, () -> {
                    Fault fault = firstFault();
                    assertThat(fault.file()).isEqualTo(name(log().records(segment)));
                    assertThat(fault.offset()).isEqualTo(second);
                });
            }
        }
    }

    @Test
    void finds_every_pair_of_records_that_changed_places() throws IOException {
        for (long segment : log().segments()) {
            List<StoredRecord> records = records(log().records(segment));
            for (int one = 0; one < records.size(); one++) {
                for (int other = one + 1; other < records.size(); other++) {
                    List<StoredRecord> moved = new ArrayList<>(records);
                    moved.set(one, records.get(other));
                    moved.set(other, records.get(one));
                    StoredRecord first = records.get(one);
                    rewritten(segment, moved, () -> {
                        Fault fault = firstFault();
                        assertThat(fault.file()).isEqualTo(name(log().records(segment)));
                        assertThat(fault.offset()).isEqualTo(first.offset());
                        assertThat(fault.index()).isEqualTo(first.index());
                    });
                }
            }
        }
    }

    @Test
    void finds_a_record_that_was_replaced_by_a_well_formed_one() throws IOException {
        List<StoredRecord> records = new ArrayList<>(records(log().records(2)));
        Frame forged = LogFixture.forged(SampleEvents.shortCommand("s1", 77));
        forged.place(records.get(3).index());
        records.set(3, new StoredRecord(records.get(3).offset(), records.get(3).index(), forged.bytes()));

        rewritten(
                2,
                records,
                () -> assertThat(LogFixture.verify(directory).faults())
                        .isNotEmpty()
                        .anySatisfy(fault -> assertThat(fault.file()).startsWith("0000000002.")));
    }

    @Test
    void finds_every_record_that_was_replaced_by_a_well_formed_one_of_the_same_length() throws IOException {
        for (long segment : log().segments()) {
            for (int at = 0; at < EVENTS / 3; at++) {
                List<StoredRecord> records = new ArrayList<>(records(log().records(segment)));
                StoredRecord old = records.get(at);
                byte[] bytes = old.bytes().clone();
                bytes[bytes.length - 1] ^= 1;
                StoredRecord other = new StoredRecord(old.offset(), old.index(), bytes);
                Frame.copy(other).place(old.index());
                records.set(at, other);

                rewritten(segment, records, () -> {
                    Verification verification = LogFixture.verify(directory);
                    assertThat(verification.faults().getFirst().file()).isEqualTo(name(log().checkpoints(segment)));
                    assertThat(verification.faults().getFirst().what()).contains("records before are not those");
                    assertThat(verification
                                    .vouched()
                                    .map(vouched -> vouched.size())
                                    .orElse(0L))
                            .isEqualTo((segment - 1) * EVENTS / 3);
                });
            }
        }
    }

    @Test
    void finds_segments_that_changed_places() throws IOException {
        swap(log().records(1), log().records(2));
        swap(log().checkpoints(1), log().checkpoints(2));

        assertThat(firstFault().what()).contains("is segment 2 by its header");
    }

    @Test
    void finds_a_segment_that_is_missing() throws IOException {
        for (long segment = 1; segment <= 3; segment++) {
            byte[] whole = Files.readAllBytes(log().records(segment));
            Files.delete(log().records(segment));

            Fault fault = firstFault();

            assertThat(fault.file()).isEqualTo(name(log().records(segment)));
            assertThat(fault.what()).contains("missing");
            Files.write(log().records(segment), whole);
        }
    }

    @Test
    void finds_checkpoints_that_are_missing() throws IOException {
        Files.delete(log().checkpoints(3));

        assertThat(firstFault().file()).isEqualTo(name(log().checkpoints(3)));
    }

    @Test
    void finds_a_segment_of_another_log() throws IOException {
        Path other = directory.resolve("other");
        try (SegmentedAuditLog log =
                SegmentedAuditLog.open(other, LogFixture.SLOW, Clock.systemUTC(), LogFixture.KEY)) {
            log.append(SampleEvents.shortCommand("x", 1));
        }
        Files.copy(new LogDirectory(other).records(1), log().records(4));
        Files.copy(new LogDirectory(other).checkpoints(1), log().checkpoints(4));

        assertThat(LogFixture.verify(directory).isWhole()).isFalse();
    }

    @Test
    void finds_a_tail_that_was_cut_off_at_every_length() throws IOException {
        Path file = log().records(3);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(firstFault().file()).startsWith("0000000003.");
        }
    }

    @Test
    void vouches_no_further_than_the_first_fault() throws IOException {
        Path file = log().records(2);
        byte[] whole = Files.readAllBytes(file);
        whole[whole.length - 1] ^= 1;
        Files.write(file, whole);

        Verification verification = LogFixture.verify(directory);

        assertThat(verification.vouched().orElseThrow().size()).isEqualTo(EVENTS / 3);
        assertThat(verification.faults()).hasSizeGreaterThanOrEqualTo(1);
    }

    @Test
    void refuses_a_record_of_an_unknown_type() throws IOException {
        append_to_last(Frame.plain(60, new byte[] {1}));
        assertThat(firstFault().what()).contains("record type: 60", "newer version");
        assertThatThrownBy(() -> LogFixture.read(directory))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("record type: 60");
    }

    @Test
    void refuses_an_unknown_version_of_the_format() throws IOException {
        Path file = log().records(1);
        byte[] whole = Files.readAllBytes(file);
        whole[9] = 3;
        Files.write(file, whole);
        assertThat(firstFault().what()).contains("format version 3 (expected: 2)");
        assertThatThrownBy(() -> LogFixture.read(directory)).hasMessageContaining("format version 3");
    }

    @Test
    void a_directory_without_a_log_is_not_called_whole() {
        assertThatThrownBy(() -> LogFixture.verify(directory.resolve("none"))).isInstanceOf(IOException.class);
    }

    private void append_to_last(Frame frame) throws IOException {
        frame.place(EVENTS);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Files.readAllBytes(log().records(3)));
        out.write(frame.bytes(), 0, frame.length());
        Files.write(log().records(3), out.toByteArray());
    }

    private Fault firstFault() throws IOException {
        List<Fault> faults = LogFixture.verify(directory).faults();
        assertThat(faults).isNotEmpty();
        return faults.getFirst();
    }

    private interface Check {
        void run() throws IOException;
    }

    private void rewritten(long segment, List<StoredRecord> records, Check check) throws IOException {
        Path file = log().records(segment);
        byte[] whole = Files.readAllBytes(file);
        int header = (int) records(file).getFirst().offset();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(whole, 0, header);
        records.forEach(record -> out.writeBytes(record.bytes()));
        Files.write(file, out.toByteArray());
        check.run();
        Files.write(file, whole);
    }

    private static List<StoredRecord> records(Path file) throws IOException {
        SegmentHeader.Kind kind = name(file).endsWith(".checkpoints")
                ? SegmentHeader.Kind.CHECKPOINTS
                : name(file).endsWith(".keys") ? SegmentHeader.Kind.KEYS : SegmentHeader.Kind.RECORDS;
        List<StoredRecord> records = new ArrayList<>();
        try (SegmentReader reader = SegmentReader.open(file, kind)) {
            while (reader.next() instanceof Step.Whole(StoredRecord stored)) {
                records.add(stored);
            }
        }
        return records;
    }

    /** Where the record with this byte starts; 0 for the header. */
    private static long recordAt(List<StoredRecord> records, int at) {
        return records.stream()
                .filter(record -> record.offset() <= at && at < record.end())
                .mapToLong(StoredRecord::offset)
                .findFirst()
                .orElse(0);
    }

    private static void swap(Path one, Path other) throws IOException {
        byte[] first = Files.readAllBytes(one);
        Files.write(one, Files.readAllBytes(other));
        Files.write(other, first);
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    @Test
    void a_header_reads_back_what_it_wrote() {
        MerkleTree tree = new MerkleTree();
        for (byte leaf = 0; leaf < 7; leaf++) {
            tree.add(new byte[] {leaf}, 1);
        }
        SegmentHeader header = new SegmentHeader(
                SegmentHeader.Kind.RECORDS, true, "00112233445566778899aabbccddeeff", 3, 7, 99, tree.edge());
        SegmentHeader read = SegmentHeader.decode(header.encode());
        assertThat(read).usingRecursiveComparison().isEqualTo(header);
        assertThat(read.tree().root()).isEqualTo(tree.root());
        assertThat(ByteBuffer.wrap(header.encode()).getShort(8)).isEqualTo((short) 2);
    }
}
