package dev.sallyport.core.audit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.target.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedNotesTest {
    /** The key pair in the documentation of Go's package note, and what it signed there. */
    private static final String GO_PRIVATE =
            "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

    private static final String GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private static final String GO_TEXT = """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.
            """;
    private static final String GO_SIGNATURE =
            "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

    private final SigningKey signer = SigningKey.parse(SigningKey.generate("log.example", new SecureRandom()));
    private final VerifierKeys keys = new VerifierKeys(List.of(signer.verifierKey()));
    private final Checkpoint checkpoint = new Checkpoint(
            "00112233445566778899aabbccddeeff", 1500, new byte[32], Instant.parse("2026-03-04T05:06:07.123456Z"));

    @Test
    void signs_as_go_does() throws IOException {
        SigningKey key = SigningKey.parse(Secret.of(GO_PRIVATE));

        assertThat(key.verifierKey()).hasToString(GO_PUBLIC).isEqualTo(VerifierKey.parse(GO_PUBLIC));
        assertThat(SignedNote.sign(GO_TEXT, key)).isEqualTo(GO_TEXT + "\n\u2014 PeterNeumann " + GO_SIGNATURE + "\n");
    }

    @Test
    void opens_what_it_signed() throws IOException {
        SignedCheckpoint opened =
                keys.open(SignedCheckpoint.of(checkpoint, signer).bytes());

        assertThat(opened.checkpoint()).usingRecursiveComparison().isEqualTo(checkpoint);
        assertThat(opened.key()).isEqualTo(signer.verifierKey());
    }

    @Test
    void refuses_a_note_with_any_byte_changed_or_its_end_cut() throws IOException {
        byte[] note = SignedCheckpoint.of(checkpoint, signer).bytes();
        for (int at = 0; at < note.length; at++) {
            byte[] cut = Arrays.copyOf(note, at);
            assertThatThrownBy(() -> keys.open(cut)).isInstanceOf(IllegalArgumentException.class);
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = note.clone();
                changed[at] ^= (byte) (1 << bit);
                assertThatThrownBy(() -> keys.open(changed))
                        .as("byte %d bit %d", at, bit)
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void passes_over_signatures_of_others_but_wants_one_that_it_knows() throws IOException {
        SigningKey other = SigningKey.parse(SigningKey.generate("witness.example", new SecureRandom()));
        String note = SignedCheckpoint.of(checkpoint, signer).note();
        String witnessed = SignedCheckpoint.of(checkpoint, other).note();
        String both = note + witnessed.substring(witnessed.indexOf("\u2014"));

        assertThat(keys.open(both.getBytes(StandardCharsets.UTF_8)).checkpoint().size())
                .isEqualTo(1500);
        assertThatThrownBy(() -> keys.open(witnessed.getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("signed by none of the known keys, but by witness.example+");
    }

    @Test
    void refuses_a_wrong_signature_even_beside_a_right_one() throws IOException {
        String note = SignedCheckpoint.of(checkpoint, signer).note();
        Checkpoint forged = new Checkpoint(checkpoint.log(), 1501, new byte[32], checkpoint.at());
        String wrong = SignedCheckpoint.of(forged, signer).note();
        String both = note + wrong.substring(wrong.indexOf("\u2014"));

        assertThatThrownBy(() -> keys.open(both.getBytes(StandardCharsets.UTF_8)))
                .hasMessage("the signature of log.example is wrong");
    }

    @Test
    void refuses_keys_that_are_none() {
        assertThatThrownBy(() -> VerifierKey.parse("log.example")).hasMessageContaining("name+id+key");
        assertThatThrownBy(() -> VerifierKey.parse(GO_PUBLIC.replace("c74f", "c74e")))
                .hasMessageContaining("another key or name");
        assertThatThrownBy(() -> VerifierKey.parse(GO_PUBLIC.replace("+ARpc", "+AxpC")))
                .hasMessageContaining("Ed25519");
        assertThatThrownBy(() -> VerifierKeys.parse("\n")).hasMessageContaining("there is none");
        assertThatThrownBy(() -> SigningKey.parse(Secret.of("hunter2")))
                .hasMessageContaining("PRIVATE+KEY")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> SigningKey.parse(Secret.of(GO_PRIVATE.replace("c74f", "c74e"))))
                .hasMessageContaining("another key or name")
                .hasMessageNotContaining("AYEK");
        assertThatThrownBy(() -> SigningKey.generate("two words", new SecureRandom()))
                .hasMessageContaining("no spaces");
    }

    @Test
    void makes_key_files_for_their_owner_and_never_over_others(@TempDir Path directory) throws IOException {
        VerifierKey key = SigningKeyFiles.make(directory, "log.example");

        assertThat(SigningKeyFiles.besideTheLog(directory).verifierKey()).isEqualTo(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(SigningKeyFiles.signingKey(directory))))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> SigningKeyFiles.make(directory, "log.example")).hasMessageContaining("exists already");
    }

    @Test
    void keeps_the_public_keys_of_before(@TempDir Path directory) throws IOException {
        VerifierKey first = SigningKeyFiles.make(directory, "log.example");

        SigningKeyFiles.announce(directory, signer.verifierKey());
        SigningKeyFiles.announce(directory, signer.verifierKey());

        assertThat(SigningKeyFiles.known(directory).orElseThrow().keys()).containsExactly(first, signer.verifierKey());
    }
}
