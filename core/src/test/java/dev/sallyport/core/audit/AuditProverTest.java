package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.ProofFile;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.proof.SigningKeyFiles;
import dev.sallyport.core.audit.proof.VerifierKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuditProverTest {
    private static final int STARTS = 4;
    private static final int EVENTS = 5;

    @TempDir
    Path directory;

    private final List<SignedCheckpoint> published = new ArrayList<>();

    @BeforeEach
    void write_a_log() throws IOException {
        AuditLogOptions options = LogFixture.SLOW.withPublished(published::add);
        for (int start = 0; start < STARTS; start++) {
            try (SegmentedAuditLog log =
                    SegmentedAuditLog.open(directory, options, Clock.systemUTC(), LogFixture.KEY)) {
                for (int event = 0; event < EVENTS; event++) {
                    log.append(SampleEvents.shortCommand("s" + start, event + 1));
                }
            }
        }
    }

    private VerifierKeys keys() throws IOException {
        return SigningKeyFiles.known(directory).orElseThrow();
    }

    private AuditProver prover() throws IOException {
        return new AuditProver(directory, keys());
    }

    @Test
    void proves_every_record_by_the_first_checkpoint_that_speaks_of_it() throws IOException {
        for (int index = 0; index < STARTS * EVENTS; index++) {
            ProofFile proof = ProofFile.parse(bytes(prover().prove(index)));

            assertThat(proof.index()).isEqualTo(index);
            assertThat(proof.check(keys()).checkpoint().size()).isEqualTo((index / EVENTS + 1L) * EVENTS);
        }
    }

    private static byte[] bytes(ProofFile proof) {
        return proof.text().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_proof_with_any_byte_changed_or_its_end_cut_is_refused() throws IOException {
        byte[] proof = bytes(prover().prove(7));
        for (int at = 0; at < proof.length; at++) {
            assertRefused(Arrays.copyOf(proof, at));
            byte[] changed = proof.clone();
            changed[at] ^= 1;
            assertRefused(changed);
        }
    }

    private void assertRefused(byte[] proof) {
        assertThatThrownBy(() -> ProofFile.parse(proof).check(keys())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_proof_of_one_record_is_none_of_another() throws IOException {
        ProofFile proof = prover().prove(7);
        for (int other = 0; other < STARTS * EVENTS; other++) {
            if (other != 7) {
                ProofFile moved =
                        new ProofFile(proof.record(), Optional.empty(), other, proof.hashes(), proof.checkpoint());
                assertRefused(bytes(moved));
                ProofFile replaced = new ProofFile(
                        prover().prove(other).record(), Optional.empty(), 7, proof.hashes(), proof.checkpoint());
                assertRefused(bytes(replaced));
            }
        }
    }

    @Test
    void proves_no_record_that_is_not_there() {
        assertThatThrownBy(() -> prover().prove(STARTS * EVENTS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the log ends with record 19");
    }

    @Test
    void proves_nothing_of_a_log_that_is_not_what_its_checkpoint_says() throws IOException {
        Path last = new LogDirectory(directory).records(STARTS);
        Path other = directory.resolve("other");
        try (SegmentedAuditLog log =
                SegmentedAuditLog.open(other, LogFixture.SLOW, Clock.systemUTC(), LogFixture.KEY)) {
            log.append(SampleEvents.shortCommand("x", 1));
        }
        byte[] whole = Files.readAllBytes(last);
        Files.write(last, Arrays.copyOf(whole, whole.length - 1));

        assertThatThrownBy(() -> prover().prove(16)).hasMessageContaining("the log ends with 19 records, but");
    }

    @Test
    void shows_that_every_checkpoint_is_a_prefix_of_every_later_one() throws IOException {
        for (int older = 0; older < STARTS; older++) {
            for (int newer = older; newer < STARTS; newer++) {
                Checkpoint was = published.get(older).checkpoint();
                Checkpoint is = published.get(newer).checkpoint();
                assertThat(prover().consistency(was, is).leads(was.root(), is.root()))
                        .isTrue();
            }
        }
        assertThat(prover().last().note()).isEqualTo(published.getLast().note());
    }

    @Test
    void a_roll_back_shows() throws IOException {
        Checkpoint kept = published.getLast().checkpoint();
        LogDirectory log = new LogDirectory(directory);
        Files.delete(log.records(STARTS));
        Files.delete(log.checkpoints(STARTS));
        assertThatThrownBy(() -> prover().consistency(kept, prover().last().checkpoint()))
                .hasMessageContaining("its end was cut off, or it was rolled back");

        for (int start = 0; start < 2; start++) {
            try (SegmentedAuditLog again =
                    SegmentedAuditLog.open(directory, LogFixture.SLOW, Clock.systemUTC(), LogFixture.KEY)) {
                for (int event = 0; event < EVENTS; event++) {
                    again.append(SampleEvents.shortCommand("x", event));
                }
            }
        }
        assertThat(LogFixture.verify(directory).isWhole()).isTrue();
        assertThatThrownBy(() -> prover().consistency(kept, prover().last().checkpoint()))
                .hasMessageContaining("are not those of the older checkpoint");
    }

    @Test
    void a_checkpoint_of_another_log_is_refused() throws IOException {
        Path other = directory.resolve("other");
        List<SignedCheckpoint> foreign = new ArrayList<>();
        try (SegmentedAuditLog log = SegmentedAuditLog.open(
                other, LogFixture.SLOW.withPublished(foreign::add), Clock.systemUTC(), LogFixture.KEY)) {
            log.append(SampleEvents.shortCommand("x", 1));
        }
        assertThatThrownBy(() -> prover().consistency(
                                foreign.getFirst().checkpoint(), prover().last().checkpoint()))
                .hasMessageContaining("but the checkpoint is of log");
    }
}
