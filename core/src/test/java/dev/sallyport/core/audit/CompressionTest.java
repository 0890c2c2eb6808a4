package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompressionTest {
    private static final byte[] LONG = "what repeats, repeats. ".repeat(40).getBytes(StandardCharsets.UTF_8);

    @Test
    void the_dictionary_is_the_one_of_this_format() throws Exception {
        try (InputStream in = Compression.class.getResourceAsStream("events.zstd-dictionary")) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
            assertThat(HexFormat.of().formatHex(digest))
                    .isEqualTo("5f59fa47669618b551623604b020e7da0cf946c25c9b10f04aab96e8048b3450");
        }
    }

    @Test
    void makes_a_command_that_never_came_before_a_quarter_shorter() {
        byte[] plain = StoredForm.of(new CommandDecided(
                        Instant.parse("2026-03-04T05:06:07Z"),
                        "s",
                        17,
                        "select ticket.title, ticket.body from helpdesk.ticket where ticket.id in (471, 815, 99)",
                        List.of(),
                        List.of(Effect.of(Action.READ, "table", "helpdesk.ticket")),
                        "allow",
                        "",
                        "",
                        List.of("support-bots-read/allow[0]"),
                        3,
                        "",
                        60))
                .whole()
                .toByteArray();
        byte[] compressed = Compression.compress(plain, plain.length).orElseThrow();
        assertThat(compressed.length).isLessThan(plain.length * 3 / 4);
        assertThat(Compression.decompress(compressed)).isEqualTo(plain);
    }

    @Test
    void leaves_what_is_short_or_without_any_pattern_alone() {
        byte[] noise = new byte[4_000];
        new Random(1).nextBytes(noise);
        assertThat(Compression.compress(noise, noise.length)).isEmpty();
        assertThat(Compression.compress(LONG, 20)).isEmpty();
    }

    @Test
    void takes_no_more_of_an_array_than_it_is_told() {
        byte[] compressed = Compression.compress(LONG, 500).orElseThrow();
        assertThat(Compression.decompress(compressed)).isEqualTo(Arrays.copyOf(LONG, 500));
    }

    @Test
    void refuses_any_damaged_frame_or_reads_something_of_its_length() {
        byte[] compressed = Compression.compress(LONG, LONG.length).orElseThrow();
        for (int length = 0; length < compressed.length; length++) {
            byte[] cut = Arrays.copyOf(compressed, length);
            assertThatThrownBy(() -> Compression.decompress(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        Random random = new Random(7);
        for (int round = 0; round < 5_000; round++) {
            byte[] damaged = compressed.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(Compression.decompress(damaged)).hasSizeLessThanOrEqualTo(CborWriter.MAX_BYTES);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageStartingWith("compressed record: ");
            }
        }
    }

    @Test
    void many_threads_may_compress_at_once() {
        IntStream.range(0, 2_000).parallel().forEach(i -> {
            byte[] plain = ("SELECT " + i + " FROM orders WHERE id = " + i * 31L + " AND status = 'open' ")
                    .repeat(3)
                    .getBytes(StandardCharsets.UTF_8);
            byte[] compressed = Compression.compress(plain, plain.length).orElseThrow();
            assertThat(Compression.decompress(compressed)).isEqualTo(plain);
        });
    }
}
