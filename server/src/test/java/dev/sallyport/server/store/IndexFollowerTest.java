package dev.sallyport.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.server.config.GatewaySettings.Store;
import dev.sallyport.server.store.IndexFollower.State;
import dev.sallyport.server.store.Query.Criterion;
import dev.sallyport.server.store.SearchIndex.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index of a gateway that runs: behind the log by a moment, and never in its way. */
class IndexFollowerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private SampleLog log;

    @BeforeEach
    void open() throws IOException {
        log = new SampleLog(directory);
        log.started().opened("s", "bob", "orders");
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    @Test
    void what_is_written_can_be_found_a_moment_later() throws Exception {
        try (IndexFollower follower = follow()) {
            for (int i = 0; i < 5; i++) {
                log.read("s", i, "SELECT word" + i);
                String word = "word" + i;
                await().atMost(PATIENCE).until(() -> hits(word) == 1);
            }
            await().atMost(PATIENCE).until(() -> follower.state() == State.CURRENT);
        }
    }

    @Test
    void only_what_is_safe_in_the_log_is_taken_into_the_index() throws Exception {
        log.read("s", 1, "SELECT safe").read("s", 2, "SELECT unsafe");
        try (IndexFollower follower = IndexFollower.start(
                Store.Sqlite.in(directory), LogPlace.of(directory), () -> SearchIndexContract.KEY, () -> 3)) {
            await().atMost(PATIENCE).until(() -> hits("safe") == 1);
            assertThat(hits("unsafe")).isZero();
            assertThat(follower.state()).isNotEqualTo(State.FAILING);
        }
        assertThat(hits("unsafe")).isZero();
    }

    @Test
    void goes_on_where_the_one_before_it_ended() throws Exception {
        log.read("s", 1, "SELECT first");
        follow().close();
        log.read("s", 2, "SELECT second");
        try (IndexFollower follower = follow()) {
            await().atMost(PATIENCE).until(() -> hits("second") == 1);
            assertThat(hits("first")).isEqualTo(1);
            assertThat(follower.state()).isNotEqualTo(State.FAILING);
        }
    }

    @Test
    void a_store_that_does_not_work_is_told_and_tried_again_until_it_does() throws Exception {
        Path file = directory.resolve("index.sqlite");
        Files.createDirectories(file.resolve("in the way"));
        try (IndexFollower follower = follow()) {
            await().atMost(PATIENCE).until(() -> follower.state() == State.FAILING);
            log.read("s", 1, "SELECT meanwhile");
            Files.delete(file.resolve("in the way"));
            Files.delete(file);
            await().atMost(PATIENCE).until(() -> hits("meanwhile") == 1);
            await().atMost(PATIENCE).until(() -> follower.state() == State.CURRENT);
        }
    }

    @Test
    void an_index_that_was_damaged_is_made_anew() throws Exception {
        for (int i = 0; i < 200; i++) {
            log.read("s", i, "SELECT " + "some words to fill a page ".repeat(5) + i);
        }
        try (IndexFollower follower = follow()) {
            await().atMost(PATIENCE).until(() -> hits("fill") == 200);
        }
        Path file = directory.resolve("index.sqlite");
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 4096; i < bytes.length; i++) {
            bytes[i] ^= 0x35;
        }
        Files.write(file, bytes);
        log.read("s", 201, "SELECT afterwards");
        try (IndexFollower follower = follow()) {
            await().atMost(PATIENCE).until(() -> hits("afterwards") == 1);
            assertThat(hits("fill")).isEqualTo(200);
            assertThat(follower.state()).isNotEqualTo(State.FAILING);
        }
    }

    @Test
    void an_index_that_was_removed_is_made_anew() throws Exception {
        log.read("s", 1, "SELECT first");
        try (IndexFollower follower = follow()) {
            await().atMost(PATIENCE).until(() -> hits("first") == 1);
            Files.delete(directory.resolve("index.sqlite"));
            log.read("s", 2, "SELECT second");
            await().atMost(PATIENCE).until(() -> hits("second") == 1);
            assertThat(hits("first")).isEqualTo(1);
            await().atMost(PATIENCE).until(() -> follower.state() == State.CURRENT);
        }
    }

    @Test
    void reindexing_beside_it_ends_with_all_of_it_once() throws Exception {
        for (int i = 0; i < 300; i++) {
            log.read("s", i, "SELECT n" + i);
        }
        try (IndexFollower follower = follow()) {
            await().atMost(PATIENCE).until(() -> hits("n299") == 1);
            for (int round = 0; round < 5; round++) {
                Progress done = Reindexing.run(
                        Store.Sqlite.in(directory), LogPlace.of(directory), SearchIndexContract.KEY, records -> {});
                assertThat(done.records()).isGreaterThanOrEqualTo(302);
                log.read("s", 300 + round, "SELECT round" + round);
                String word = "round" + round;
                await().atMost(PATIENCE).until(() -> hits(word) == 1);
            }
            assertThat(hits("select")).isEqualTo(305);
            assertThat(follower.state()).isNotEqualTo(State.FAILING);
        }
    }

    private IndexFollower follow() throws IOException {
        return IndexFollower.start(
                Store.Sqlite.in(directory), LogPlace.of(directory), () -> SearchIndexContract.KEY, log::syncedRecords);
    }

    private int hits(String word) {
        try (SearchIndex index =
                SearchIndex.read(Store.Sqlite.in(directory), LogPlace.of(directory), SearchIndexContract.KEY)) {
            Query query = new Query(Optional.empty(), Optional.empty(), List.of(new Criterion(Facet.WORD, word)));
            return index.find(query, 1000).hits().size();
        } catch (IOException notYet) {
            return 0;
        }
    }
}
