package dev.sallyport.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The long form of {@link KillIT}, no part of the check; CONTRIBUTING.md says how to run it. {@code -Dcrash.kills} says how
 * often, {@code -Dcrash.seed} makes other choices. The report is in {@code target/kills.txt}; what failed leaves its log,
 * and the target's, in the directory that the message names.
 */
class KillSuite {
    private static final long SEED = Long.getLong("crash.seed", 20261124);
    private static final int KILLS = Integer.getInteger("crash.kills", 500);
    private static final int BETWEEN_WORDS = 25;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    @Timeout(value = 5, unit = TimeUnit.HOURS)
    void what_reached_the_target_is_on_record_however_often_the_gateway_is_killed() throws IOException {
        long begin = System.nanoTime();
        try (Kills kills = new Kills(directory, SEED)) {
            for (int i = 1; i <= KILLS; i++) {
                kills.kill();
                if (i % BETWEEN_WORDS == 0) {
                    System.out.println(i + " kills in " + (System.nanoTime() - begin) / 1_000_000_000 + " s");
                }
            }
            String report = kills.finish();
            System.out.println(report);
            Files.writeString(Files.createDirectories(Path.of("target")).resolve("kills.txt"), report);
        }
    }
}
