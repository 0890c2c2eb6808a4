package dev.sallyport.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.server.config.GatewaySettings.Store;
import dev.sallyport.server.store.IndexFollower.State;
import dev.sallyport.server.store.Query.Criterion;
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

/** The index's disk, a real one of four megabytes, runs full and is emptied again. Needs to be allowed to mount one. */
class SqliteFullDiskIT {
    private static final SearchKey KEY = SearchIndexContract.KEY;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @TempDir
    Path mount;

    private boolean mounted;

    @BeforeEach
    void mount_a_small_disk() throws Exception {
        mounted = Files.isExecutable(Path.of("/bin/mount"))
                && run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", mount.toString());
        assumeThat(mounted).as("may mount").isTrue();
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", mount.toString())).isTrue();
        }
    }

    @Test
    void leaves_the_last_of_the_disk_to_others_and_goes_on_when_there_is_room() throws Exception {
        Path ballast = mount.resolve("ballast");
        try (SampleLog log = new SampleLog(directory);
                IndexFollower follower =
                        IndexFollower.start(store(), LogPlace.of(directory), () -> KEY, log::syncedRecords)) {
            log.opened("s", "bob", "orders").read("s", 1, "SELECT before");
            await().atMost(PATIENCE).until(() -> hits("before") == 1);

            fill(ballast, 200_000);
            await().atMost(PATIENCE).until(() -> follower.state() == State.FAILING);
            log.read("s", 2, "SELECT meanwhile");
            assertThat(hits("before")).isEqualTo(1);

            Files.delete(ballast);
            await().atMost(PATIENCE).until(() -> hits("meanwhile") == 1);
            await().atMost(PATIENCE).until(() -> follower.state() == State.CURRENT);
        }
    }

    @Test
    void a_disk_that_is_full_takes_nothing_of_what_is_stored() throws Exception {
        Path ballast = mount.resolve("ballast");
        try (SampleLog log = new SampleLog(directory)) {
            log.opened("s", "bob", "orders").read("s", 1, "SELECT stored");
        }
        Reindexing.run(store(), LogPlace.of(directory), KEY, records -> {});
        try (SampleLog log = new SampleLog(directory)) {
            for (int i = 0; i < 3000; i++) {
                log.read("s", i, "SELECT n" + i);
            }
        }
        try (SearchIndex index = SearchIndex.write(store(), LogPlace.of(directory), KEY)) {
            fill(ballast, 0);
            assertThatThrownBy(() -> read(index))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("full");
            assertThat(hits("stored")).isEqualTo(1);
            assertThat(hits("n1")).isZero();
            Files.delete(ballast);
            read(index);
        }
        assertThat(hits("stored")).isEqualTo(1);
        assertThat(hits("n2999")).isEqualTo(1);
    }

    private void fill(Path ballast, int left) throws IOException {
        Files.write(ballast, new byte[(int) Files.getFileStore(mount).getUsableSpace() - left]);
    }

    private void read(SearchIndex index) throws IOException, InterruptedException {
        try (Indexer indexer = Indexer.begin(index, LogPlace.of(directory), () -> Long.MAX_VALUE)) {
            indexer.read(Duration.ZERO);
            indexer.store();
        }
    }

    private Store store() {
        return new Store.Sqlite(mount.resolve("index.sqlite"));
    }

    private int hits(String word) throws IOException {
        Query query = new Query(Optional.empty(), Optional.empty(), List.of(new Criterion(Facet.WORD, word)));
        try (SearchIndex index = SearchIndex.read(store(), LogPlace.of(directory), KEY)) {
            return index.find(query, 10).hits().size();
        } catch (StoreException notYet) {
            return 0;
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor() == 0;
    }
}
