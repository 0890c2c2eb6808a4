package dev.sallyport.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditLogOptions;
import dev.sallyport.core.audit.SegmentedAuditLog;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.seal.LocalKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCommandTest {
    private static final Instant AT = Instant.parse("2026-03-04T05:06:07Z");

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path log = Path.of("");
    private Path key = Path.of("");
    private Path older = Path.of("");
    private Path newer = Path.of("");

    @BeforeEach
    void write_a_log_and_keep_its_checkpoints() throws IOException {
        log = directory.resolve("audit");
        List<SignedCheckpoint> kept = new ArrayList<>();
        append(log, kept);
        append(log, kept);
        key = Files.copy(log.resolve("signing.vkey"), directory.resolve("gateway.vkey"));
        older = Files.writeString(directory.resolve("older"), kept.getFirst().note());
        newer = Files.writeString(directory.resolve("newer"), kept.getLast().note());
    }

    private static void append(Path log, List<SignedCheckpoint> kept) throws IOException {
        AuditLogOptions options = AuditLogOptions.DEFAULT.withPublished(kept::add);
        try (SegmentedAuditLog open =
                SegmentedAuditLog.open(log, options, Clock.systemUTC(), LocalKey.inDirectory(log))) {
            for (int event = 0; event < 3; event++) {
                open.append(new AuditEvent.GatewayStarted(AT, "v" + event));
            }
        }
    }

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] texts = Stream.concat(Stream.of("audit"), Stream.of(arguments).map(Object::toString))
                .toArray(String[]::new);
        return SallyportCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(texts);
    }

    private void assertFailed(String... texts) {
        assertThat(err.toString()).startsWith("sallyport: ").contains(texts).doesNotContain("SALLYPORT_DEBUG");
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(out.toString()).doesNotContain("proved");
    }

    @Test
    void verify_says_up_to_which_size_and_time_the_key_vouches() {
        assertThat(run("verify", "--audit-dir", log, "--public-key", key, "--checkpoint", older))
                .isZero();
        assertThat(out.toString())
                .contains("whole (records 6, segments 2)", "vouched for up to record 6, as of 20", "root ")
                .contains("nothing was cut or rolled back since the checkpoint kept elsewhere, of 3 records")
                .doesNotContain("note");
    }

    @Test
    void verify_takes_a_key_as_text_and_says_when_it_took_the_one_beside_the_log() throws IOException {
        String text = Files.readString(key).strip();
        assertThat(run("verify", "--audit-dir", log, "--public-key", text)).isZero();
        assertThat(run("verify", "--audit-dir", log)).isZero();
        assertThat(out.toString()).contains("note  signatures are checked with the key beside the log");
        Files.delete(log.resolve("signing.vkey"));
        assertThat(run("verify", "--audit-dir", log)).isEqualTo(2);
        assertFailed("--public-key is needed");
    }

    @Test
    void verify_finds_a_cut_end_against_a_checkpoint_kept_elsewhere() throws IOException {
        Files.delete(log.resolve("0000000002.log"));
        Files.delete(log.resolve("0000000002.checkpoints"));
        assertThat(run("verify", "--audit-dir", log, "--public-key", key)).isZero();
        assertThat(run("verify", "--audit-dir", log, "--public-key", key, "--checkpoint", newer))
                .isEqualTo(1);
        assertThat(out.toString())
                .contains("FAULT 0000000001.log", "record 3: the log ends with 3 records", "NOT WHOLE");
    }

    @Test
    void verify_finds_every_checkpoint_that_another_key_signed() throws IOException {
        Path other = otherKey();
        assertThat(run("verify", "--audit-dir", log, "--public-key", other)).isEqualTo(1);
        assertThat(out.toString())
                .contains("FAULT 0000000001.checkpoints", "signed by none of the known keys")
                .contains("vouched for by no checkpoint");
    }

    private Path otherKey() {
        Path keys = directory.resolve("other");
        assertThat(run("keygen", "--out", keys, "--name", "other.example")).isZero();
        return keys.resolve("signing.vkey");
    }

    @Test
    void verify_refuses_checkpoints_that_are_none() throws IOException {
        Path forged = Files.writeString(
                directory.resolve("forged"), Files.readString(newer).replace("\n6\n", "\n7\n"));
        assertThat(run("verify", "--audit-dir", log, "--public-key", key, "--checkpoint", forged))
                .isEqualTo(1);
        assertFailed("forged", "the signature of sallyport/audit is wrong");
        Path empty = Files.createFile(directory.resolve("empty"));
        assertThat(run("verify", "--audit-dir", log, "--public-key", key, "--checkpoint", empty))
                .isEqualTo(1);
        assertFailed("is not signed, or cut short");
        assertThat(run("verify", "--audit-dir", log, "--public-key", "nonsense"))
                .isEqualTo(2);
        assertFailed("nonsense is neither a file nor a key");
        assertThat(run("verify", "--audit-dir", log, "--public-key", key, "--checkpoint", directory.resolve("none")))
                .isEqualTo(1);
        assertFailed("none: no such file");
    }

    private Path proof(int index) {
        Path file = directory.resolve("event" + index + ".tlog-proof");
        assertThat(run("prove", index, "--audit-dir", log, "--public-key", key, "--out", file))
                .isZero();
        return file;
    }

    @Test
    void a_proof_is_checked_without_the_log() throws IOException {
        Path proof = proof(4);
        Files.move(log, directory.resolve("gone"));
        assertThat(run("check-proof", proof, "--public-key", key)).isZero();
        assertThat(out.toString())
                .contains("proved: record 4 of log ", "was in the log as of 20")
                .contains("by the checkpoint of 6 records", "signed by sallyport/audit+");
    }

    @Test
    void a_proof_may_disclose_its_event() throws IOException {
        Path file = directory.resolve("disclosed");
        assertThat(run("prove", 4, "--disclose", "--audit-dir", log, "--public-key", key, "--out", file))
                .isZero();
        Files.move(log, directory.resolve("gone"));
        assertThat(run("check-proof", file, "--public-key", key)).isZero();
        assertThat(out.toString()).contains("proved: record 4 ", "\"type\":\"gateway-started\"", "\"version\":\"v1\"");
    }

    @Test
    void a_proof_that_is_not_right_proves_nothing() throws IOException {
        String proof = Files.readString(proof(4));
        Path file = directory.resolve("bad.tlog-proof");
        for (int length = 0; length < proof.length(); length += 7) {
            Files.writeString(file, proof.substring(0, length));
            assertThat(run("check-proof", file, "--public-key", key)).isEqualTo(1);
            assertFailed("bad.tlog-proof: not proved: ");
        }
        Files.writeString(file, proof.replace("index 4", "index 5"));
        assertThat(run("check-proof", file, "--public-key", key)).isEqualTo(1);
        assertFailed("does not lead from record 5");
        Files.writeString(file, proof);
        assertThat(run("check-proof", file, "--public-key", otherKey())).isEqualTo(1);
        assertFailed("signed by none of the known keys");
        assertThat(run("check-proof", file)).isEqualTo(2);
        assertFailed("--public-key is needed");
        assertThat(run("check-proof", directory.resolve("none"), "--public-key", key))
                .isEqualTo(1);
        assertFailed("no such file");
    }

    @Test
    void prove_says_when_there_is_no_such_event_and_overwrites_nothing() {
        assertThat(run("prove", 6, "--audit-dir", log)).isEqualTo(1);
        assertFailed("speaks of record 6 (the log ends with record 5");
        assertThat(run("prove", -1, "--audit-dir", log)).isEqualTo(2);
        assertThat(run("prove", "x", "--audit-dir", log)).isEqualTo(2);
        assertThat(run("prove", 0, "--audit-dir", directory.resolve("none"))).isEqualTo(1);
        assertFailed("there is no such directory");
        Path proof = proof(1);
        assertThat(run("prove", 1, "--audit-dir", log, "--out", proof)).isEqualTo(1);
        assertFailed("event1.tlog-proof");
    }

    @Test
    void consistency_shows_that_the_log_only_grew() {
        assertThat(run("consistency", older, "--audit-dir", log, "--public-key", key))
                .isZero();
        assertThat(out.toString()).contains("the first 3 records, as of 20", "are still those of the 6 as of 20");
        assertThat(run("consistency", older, newer, "--audit-dir", log, "--public-key", key))
                .isZero();
        assertThat(run("consistency", newer, older, "--audit-dir", log, "--public-key", key))
                .isEqualTo(1);
        assertFailed("its end was cut off, or it was rolled back");
    }

    @Test
    void consistency_shows_a_roll_back_even_when_the_log_was_written_on() throws IOException {
        Files.delete(log.resolve("0000000002.log"));
        Files.delete(log.resolve("0000000002.checkpoints"));
        assertThat(run("consistency", newer, "--audit-dir", log, "--public-key", key))
                .isEqualTo(1);
        assertFailed("rolled back to an older copy");
        try (SegmentedAuditLog again =
                SegmentedAuditLog.open(log, AuditLogOptions.DEFAULT, Clock.systemUTC(), LocalKey.inDirectory(log))) {
            for (int event = 0; event < 5; event++) {
                again.append(new AuditEvent.GatewayStarted(AT, "x" + event));
            }
        }
        assertThat(run("verify", "--audit-dir", log, "--public-key", key)).isZero();
        assertThat(run("consistency", newer, "--audit-dir", log, "--public-key", key))
                .isEqualTo(1);
        assertFailed("are not those of the older checkpoint");
    }

    @Test
    void a_checkpoint_of_another_log_is_told_from_a_roll_back() throws IOException {
        List<SignedCheckpoint> foreign = new ArrayList<>();
        Path other = directory.resolve("other-log");
        Files.createDirectories(other);
        Files.copy(log.resolve("signing.key"), other.resolve("signing.key"));
        append(other, foreign);
        Path file = Files.writeString(
                directory.resolve("foreign"), foreign.getLast().note());
        assertThat(run("consistency", file, "--audit-dir", log, "--public-key", key))
                .isEqualTo(1);
        assertFailed("but the checkpoint is of log");
        assertThat(run("verify", "--audit-dir", log, "--public-key", key, "--checkpoint", file))
                .isEqualTo(1);
        assertThat(out.toString()).contains("but the checkpoint kept elsewhere is of log");
    }

    @Test
    void keygen_makes_keys_for_their_owner_and_never_over_others() throws IOException {
        Path keys = directory.resolve("keys");
        assertThat(run("keygen", "--out", keys, "--name", "gateway.example")).isZero();
        assertThat(out.toString().strip())
                .startsWith("gateway.example+")
                .isEqualTo(Files.readString(keys.resolve("signing.vkey")).strip());
        for (String name : List.of("signing.key", "signing.vkey", "encryption.key")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.resolve(name))))
                    .isEqualTo("rw-------");
        }
        assertThat(Files.readString(keys.resolve("encryption.key"))).hasSize(45);
        assertThat(run("keygen", "--out", keys)).isEqualTo(1);
        assertFailed("exists already");
        assertThat(run("keygen", "--out", directory.resolve("x"), "--name", "a b"))
                .isEqualTo(2);
        assertFailed("no spaces");
    }

    @Test
    void erase_hold_and_release_open_the_log_of_a_stopped_gateway_and_rewrap_leaves_it_whole() throws IOException {
        Files.writeString(directory.resolve("gateway.yaml"), """
                kind: Gateway
                name: g
                spec:
                  listeners: [{name: pg, protocol: postgres, address: "127.0.0.1:0", tls: disable}]
                  audit: {directory: %s}
                """.formatted(log));
        try (SegmentedAuditLog open =
                SegmentedAuditLog.open(log, AuditLogOptions.DEFAULT, Clock.systemUTC(), LocalKey.inDirectory(log))) {
            open.append(new AuditEvent.SessionClosed(AT, "s1", "client closed", 0, 0, 0));
            assertThat(run("erase", "s1", "--reason", "r", "--config", directory))
                    .isEqualTo(1);
            assertFailed("being written by another process", "--url instead of --config");
        }
        assertThat(run("erase", "s2", "--reason", "r", "--config", directory)).isEqualTo(1);
        assertFailed("s2 is not in this log");
        assertThat(run("release", "s1", "--reason", "r", "--config", directory)).isEqualTo(1);
        assertFailed("session s1 is not held");
        assertThat(run("hold", "s1", "--reason", "case 12", "--config", directory))
                .isZero();
        assertThat(run("erase", "s1", "--reason", "request 17", "--config", directory))
                .isEqualTo(1);
        assertFailed("session s1 is held");
        assertThat(run("release", "s1", "--reason", "closed", "--config", directory))
                .isZero();
        assertThat(out.toString()).contains("session s1: released");
        assertThat(run("erase", "s1", "--reason", "request 17", "--config", directory))
                .isZero();
        assertThat(out.toString()).contains("session s1: erased");
        assertThat(run("rewrap", "--config", directory)).isZero();
        assertThat(out.toString()).contains("keys wrapped anew: 0");
        assertThat(run("verify", "--config", directory)).isZero();
    }
}
