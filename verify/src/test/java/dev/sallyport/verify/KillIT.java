package dev.sallyport.verify;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A few SIGKILLs at random moments under mixed load. The long form is {@link KillSuite}. */
class KillIT {
    private static final long SEED = Long.getLong("crash.seed", 20250330);
    private static final int KILLS = 10;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void what_reached_the_target_is_on_record_however_often_the_gateway_is_killed() {
        try (Kills kills = new Kills(directory, SEED)) {
            for (int i = 0; i < KILLS; i++) {
                kills.kill();
            }
            System.out.println(kills.finish());
        }
    }
}
