package dev.sallyport.core.audit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.audit.proof.CheckpointPublisher.Timing;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class CheckpointPublisherTest {
    private static final Timing QUICK =
            new Timing(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(8), Duration.ofMillis(500));

    private final SigningKey signer = SigningKey.parse(SigningKey.generate("log.example", new SecureRandom()));

    private SignedCheckpoint checkpoint(long size) throws IOException {
        return SignedCheckpoint.of(
                new Checkpoint("00112233445566778899aabbccddeeff", size, new byte[32], Instant.EPOCH), signer);
    }

    /** A place that can be away, or take its time. */
    private static final class Place implements CheckpointPlace {
        private final List<Long> got = new CopyOnWriteArrayList<>();
        private final Semaphore may = new Semaphore(0);
        private volatile boolean away;
        private final AtomicInteger attempts = new AtomicInteger();

        @Override
        public String name() {
            return "place";
        }

        @Override
        public void put(SignedCheckpoint checkpoint) throws IOException, InterruptedException {
            attempts.incrementAndGet();
            if (away) {
                throw new IOException("nobody is there");
            }
            may.acquire();
            got.add(checkpoint.checkpoint().size());
        }
    }

    @Test
    void a_slow_place_gets_the_newest_and_never_holds_up_the_log() throws IOException {
        Place place = new Place();
        try (CheckpointPublisher publisher = CheckpointPublisher.start(List.of(place), QUICK)) {
            publisher.accept(checkpoint(1));
            await().until(() -> place.attempts.get() == 1);
            for (int size = 2; size <= 100; size++) {
                publisher.accept(checkpoint(size));
            }
            place.may.release(100);
            await().until(() -> place.got.contains(100L));
        }
        assertThat(place.got).containsExactly(1L, 100L);
    }

    @Test
    void a_place_that_was_away_is_told_once_it_is_back() throws IOException {
        Place place = new Place();
        place.away = true;
        place.may.release(100);
        try (CheckpointPublisher publisher = CheckpointPublisher.start(List.of(place), QUICK)) {
            publisher.accept(checkpoint(1));
            await().until(() -> place.attempts.get() >= 3);
            assertThat(publisher.faults()).containsExactly("place: nobody is there");
            place.away = false;
            await().until(() -> publisher.faults().isEmpty());
        }
        assertThat(place.got).containsExactly(1L);
    }

    @Test
    void the_last_one_still_gets_there_when_the_gateway_stops() throws IOException {
        Place place = new Place();
        place.may.release(100);
        try (CheckpointPublisher publisher = CheckpointPublisher.start(List.of(place), QUICK)) {
            publisher.accept(checkpoint(7));
        }
        assertThat(place.got).containsExactly(7L);
    }

    @Test
    void a_place_that_stays_away_does_not_keep_the_gateway_from_stopping() throws IOException {
        Place place = new Place();
        place.away = true;
        CheckpointPublisher publisher = CheckpointPublisher.start(List.of(place), QUICK);
        publisher.accept(checkpoint(7));
        publisher.close();
        assertThat(place.attempts.get()).isBetween(1, 20);
    }

    @Test
    void a_file_is_replaced_whole(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("newest.checkpoint");
        CheckpointFile place = new CheckpointFile(file);
        place.put(checkpoint(1));
        place.put(checkpoint(2));

        assertThat(Files.readString(file)).isEqualTo(checkpoint(2).note());
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void nothing_goes_over_a_network_in_the_clear() {
        for (String safe :
                List.of("https://a.example/x", "http://127.0.0.1:8/x", "http://[::1]/", "http://localhost")) {
            assertThatCode(() -> CheckpointEndpoint.requireProtected(URI.create(safe)))
                    .doesNotThrowAnyException();
        }
        for (String unsafe : List.of(
                "http://a.example/x",
                "http://127.0.0.1.a.example/",
                "ftp://localhost/",
                "https:x",
                "https://u:p@a.example/")) {
            assertThatThrownBy(() -> CheckpointEndpoint.requireProtected(URI.create(unsafe)))
                    .as(unsafe)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("url:");
        }
    }
}
