package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.audit.proof.Opening;
import dev.sallyport.core.audit.proof.ProofFile;
import dev.sallyport.core.audit.proof.SigningKeyFiles;
import dev.sallyport.core.audit.proof.VerifierKeys;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.audit.seal.RecordCipher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Single events of a log with several sessions, segments, a failure, a start without a close, and each kind of event. */
@Timeout(120)
class DisclosureTest {
    private static final KeyRing RING = KeyRing.of(LogFixture.KEY, List.of());

    private record Disclosed(StoredEvent event, ProofFile proof) {
        Opening opening() {
            return proof.opening().orElseThrow();
        }
    }

    @TempDir
    Path directory;

    @BeforeEach
    void write_a_log() throws IOException {
        FaultyFiles files = new FaultyFiles();
        try (SegmentedAuditLog log = open(directory, files)) {
            commands(log, "first", 1, 9);
            fail(log, files);
            commands(log, "first", 10, 12);
        }
        killed();
        try (SegmentedAuditLog log = open(directory, new Disk())) {
            commands(log, "second", 1, 9);
            SampleEvents.all().forEach(log::append);
        }
        try (SegmentedAuditLog log = open(directory, new Disk())) {
            commands(log, "third", 1, 9);
        }
    }

    private static SegmentedAuditLog open(Path directory, LogFiles files) throws IOException {
        return SegmentedAuditLog.open(directory, LogFixture.QUICK, Clock.systemUTC(), LogFixture.KEY, files);
    }

    /** The same statement again and again, with its answers; and one that comes once. */
    private static void commands(SegmentedAuditLog log, String session, long first, long last) {
        if (first == 1) {
            log.append(SampleEvents.opened(session));
        }
        for (long i = first; i <= last; i++) {
            log.append(SampleEvents.repeatedCommand(session, i));
            log.append(SampleEvents.repeatedAnswer(session, i));
            LogFixture.synced(log.appendSynced(SampleEvents.shortCommand(session, 100 + i)));
        }
    }

    /** What is in the last segment by now has its shapes there; what comes is written behind it and then again. */
    private static void fail(SegmentedAuditLog log, FaultyFiles files) {
        files.failFromNow();
        log.appendSynced(SampleEvents.repeatedCommand("first", 50));
        await().until(() -> !log.isHealthy());
        files.heal();
        await().pollInterval(Duration.ofMillis(1)).until(log::isHealthy);
    }

    /** As if it had died before the last segment's first checkpoint: who comes next writes all of it again. */
    private void killed() throws IOException {
        LogDirectory log = new LogDirectory(directory);
        Path checkpoints = log.checkpoints(log.segments().getLast());
        try (SegmentReader reader = SegmentReader.open(checkpoints, SegmentHeader.Kind.CHECKPOINTS)) {
            new Disk().truncate(checkpoints, reader.offset());
        }
    }

    private VerifierKeys keys() throws IOException {
        return SigningKeyFiles.known(directory).orElseThrow();
    }

    private ProofFile disclose(long index) throws IOException {
        ProofFile proof = new AuditProver(directory, keys()).disclose(index, RING);
        return ProofFile.parse(proof.text().getBytes(StandardCharsets.UTF_8));
    }

    /** What somebody with the public key and the file sees. */
    private StoredEvent shown(ProofFile proof) throws IOException {
        proof.check(keys());
        return DisclosedEvent.of(proof).orElseThrow();
    }

    private List<Disclosed> all() throws IOException {
        List<Disclosed> all = new ArrayList<>();
        for (StoredEvent event : LogFixture.read(directory)) {
            all.add(new Disclosed(event, disclose(event.index())));
        }
        return all;
    }

    private List<Disclosed> sealed() throws IOException {
        List<Disclosed> all = new ArrayList<>(all());
        all.removeIf(each -> each.proof().opening().isEmpty());
        return all;
    }

    @Test
    void shows_every_event_as_it_is_in_the_log() throws IOException {
        Set<String> types = new HashSet<>();
        int withShape = 0;
        for (Disclosed each : all()) {
            StoredEvent shown = shown(each.proof());

            assertThat(shown.index()).isEqualTo(each.event().index());
            assertThat(shown.event())
                    .usingRecursiveComparison()
                    .isEqualTo(each.event().event());
            types.add(shown.type());
            withShape += each.proof().opening().flatMap(Opening::shape).isPresent() ? 1 : 0;
        }
        assertThat(types).hasSize(EventType.values().length);
        assertThat(withShape).isBetween(20, 100);
        assertThat(new LogDirectory(directory).segments()).hasSizeGreaterThan(6);
    }

    @Test
    void shows_events_whose_shape_is_in_the_segment_before_a_failure() throws IOException {
        int before = 0;
        for (Disclosed each : sealed()) {
            if (each.opening().shape().isPresent()) {
                SealedRecord shape = shape(each);
                SegmentReader reader = SegmentReader.open(
                        new LogDirectory(directory).records(each.event().segment()), SegmentHeader.Kind.RECORDS);
                try (reader) {
                    boolean here = false;
                    while (reader.next() instanceof SegmentReader.Step.Whole(StoredRecord stored)) {
                        here |= Arrays.equals(behindChecksum(stored.bytes()), behindChecksum(shape.record()));
                    }
                    before += here ? 0 : 1;
                }
            }
        }
        assertThat(before).isPositive();
    }

    private static SealedRecord shape(Disclosed each) {
        return SealedRecord.of(
                new StoredRecord(0, 0, whole(each.opening().shape().orElseThrow())));
    }

    private static byte[] whole(Opening.Shape shape) {
        byte[] whole = new byte[Frame.CHECKSUM_BYTES + shape.record().length];
        System.arraycopy(shape.record(), 0, whole, Frame.CHECKSUM_BYTES, shape.record().length);
        return whole;
    }

    private static byte[] behindChecksum(byte[] record) {
        return Arrays.copyOfRange(record, Frame.CHECKSUM_BYTES, record.length);
    }

    @Test
    void a_file_with_any_byte_changed_or_cut_off_shows_nothing() throws IOException {
        List<Disclosed> all = sealed();
        Disclosed with = all.stream()
                .filter(each -> each.opening().shape().isPresent())
                .findFirst()
                .orElseThrow();
        Disclosed without = all.stream()
                .filter(each -> each.opening().shape().isEmpty())
                .findFirst()
                .orElseThrow();
        for (Disclosed each : List.of(with, without)) {
            byte[] file = each.proof().text().getBytes(StandardCharsets.UTF_8);
            for (int at = 0; at < file.length; at++) {
                byte[] changed = file.clone();
                changed[at] ^= (byte) (1 << (at % 5));
                assertNothingShown(changed);
                assertNothingShown(Arrays.copyOf(file, at));
            }
        }
    }

    private void assertNothingShown(byte[] file) {
        assertThatThrownBy(() -> shown(ProofFile.parse(file)))
                .as(new String(file, StandardCharsets.UTF_8))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_record_with_another_key_session_or_shape_shows_nothing() throws IOException {
        List<Disclosed> all = sealed();
        int swaps = 0;
        for (Disclosed one : all) {
            for (Disclosed other : all) {
                for (Opening mixed : mixed(one.opening(), other.opening())) {
                    ProofFile swapped = one.proof().disclosing(mixed);
                    assertThatThrownBy(() -> DisclosedEvent.of(swapped)).isInstanceOf(IllegalArgumentException.class);
                    swaps++;
                }
            }
        }
        assertThat(swaps).isGreaterThan(1_000);
    }

    private static List<Opening> mixed(Opening one, Opening other) {
        List<Opening> mixed = new ArrayList<>();
        if (!Arrays.equals(one.key(), other.key())) {
            mixed.add(new Opening(other.key(), one.session(), one.shape()));
            mixed.add(other);
        }
        if (!one.session().equals(other.session())) {
            mixed.add(new Opening(one.key(), other.session(), one.shape()));
        }
        if (!Arrays.equals(shapeKey(one), shapeKey(other))) {
            mixed.add(new Opening(one.key(), one.session(), other.shape()));
            if (one.shape().isPresent() && other.shape().isPresent()) {
                Opening.Shape shape = new Opening.Shape(
                        other.shape().get().record(), one.shape().get().key());
                mixed.add(new Opening(one.key(), one.session(), Optional.of(shape)));
            }
        }
        return mixed;
    }

    private static byte[] shapeKey(Opening opening) {
        return opening.shape().map(Opening.Shape::key).orElse(new byte[0]);
    }

    @Test
    void a_shape_of_another_segment_with_the_same_numbers_is_another_one() throws IOException {
        List<Disclosed> all = sealed();
        all.removeIf(each -> each.opening().shape().isEmpty());
        int alike = 0;
        for (Disclosed one : all) {
            for (Disclosed other : all) {
                if (!Arrays.equals(shapeKey(one.opening()), shapeKey(other.opening()))
                        && shape(one).key() == shape(other).key()
                        && shape(one).ordinal() == shape(other).ordinal()) {
                    Opening mixed = new Opening(
                            one.opening().key(),
                            one.opening().session(),
                            other.opening().shape());
                    assertThatThrownBy(() -> DisclosedEvent.of(one.proof().disclosing(mixed)))
                            .hasMessageContaining("its key is another one, or it was changed");
                    alike++;
                }
            }
        }
        assertThat(alike).isPositive();
    }

    @Test
    void what_is_left_out_shows() throws IOException {
        for (Disclosed each : sealed()) {
            Opening opening = each.opening();
            ProofFile anonymous = each.proof().disclosing(new Opening(opening.key(), "", opening.shape()));
            if (!opening.session().isEmpty()) {
                assertThatThrownBy(() -> DisclosedEvent.of(anonymous)).isInstanceOf(IllegalArgumentException.class);
            }
            ProofFile bare = each.proof().disclosing(new Opening(opening.key(), opening.session(), Optional.empty()));
            if (opening.shape().isPresent()) {
                assertThatThrownBy(() -> DisclosedEvent.of(bare)).hasMessageContaining("what it refers to is missing");
            }
        }
    }

    @Test
    void another_place_or_checkpoint_shows_nothing() throws IOException {
        List<Disclosed> all = sealed();
        for (Disclosed one : List.of(all.getFirst(), all.getLast())) {
            for (Disclosed other : all) {
                ProofFile proof = one.proof();
                if (!Arrays.equals(proof.checkpoint(), other.proof().checkpoint())) {
                    assertThatThrownBy(() -> shown(new ProofFile(
                                    proof.record(),
                                    proof.opening(),
                                    proof.index(),
                                    proof.hashes(),
                                    other.proof().checkpoint())))
                            .isInstanceOf(IllegalArgumentException.class);
                }
                if (proof.index() != other.proof().index()) {
                    assertThatThrownBy(() -> shown(new ProofFile(
                                    proof.record(),
                                    proof.opening(),
                                    other.proof().index(),
                                    other.proof().hashes(),
                                    other.proof().checkpoint())))
                            .isInstanceOf(IllegalArgumentException.class);
                }
            }
        }
    }

    @Test
    void what_a_file_has_opens_no_other_record() throws IOException {
        List<StoredRecord> records = records();
        for (Disclosed each : sealed()) {
            List<byte[]> keys = new ArrayList<>(List.of(each.opening().key()));
            each.opening().shape().ifPresent(shape -> keys.add(shape.key()));
            int opened = 0;
            for (StoredRecord record : records) {
                for (byte[] key : keys) {
                    opened += opens(record, key, each.opening()) ? 1 : 0;
                }
            }
            assertThat(opened).isEqualTo(keys.size());
        }
    }

    private List<StoredRecord> records() throws IOException {
        List<StoredRecord> records = new ArrayList<>();
        try (RecordStream stream = RecordStream.open(new LogDirectory(directory), 0)) {
            for (Optional<StoredRecord> next = stream.next(); next.isPresent(); next = stream.next()) {
                if (next.get().coding() != Coding.PLAIN) {
                    records.add(next.get());
                }
            }
        }
        return records;
    }

    /** With the session and the shape that the file has, or with none: whoever tries has the ciphertext. */
    private static boolean opens(StoredRecord record, byte[] key, Opening opening) {
        List<byte[]> bonds = new ArrayList<>(List.of(SealedRecord.ownedBy(Optional.of(opening.session()))));
        opening.shape().ifPresent(shape -> bonds.add(SealedRecord.hash(whole(shape))));
        for (byte[] bond : bonds) {
            try {
                SealedRecord.of(record).open(key, new RecordCipher(), reference -> bond);
                return true;
            } catch (IllegalArgumentException another) {
                // the next
            }
        }
        return false;
    }

    @Test
    void says_what_cannot_be_disclosed() throws IOException {
        long shape = records().stream()
                .filter(record -> record.type() == Frame.SHAPE)
                .findFirst()
                .orElseThrow()
                .index();
        assertThatThrownBy(() -> disclose(shape))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it is no event, but a part of others");
        long erased = LogFixture.read(directory).stream()
                .filter(each -> Recording.sessionOf(each.event())
                        .filter("second"::equals)
                        .isPresent())
                .findFirst()
                .orElseThrow()
                .index();
        try (SegmentedAuditLog log = open(directory, new Disk())) {
            log.custody().erase("second", "okta:ann", "request 17");
        }
        assertThatThrownBy(() -> disclose(erased)).hasMessageContaining("the key of its session was erased");
    }
}
