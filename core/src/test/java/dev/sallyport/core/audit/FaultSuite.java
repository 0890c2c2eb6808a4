package dev.sallyport.core.audit;

import dev.sallyport.core.audit.FaultSearch.Beginning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The long form of {@link EveryFaultIT}, no part of the check; CONTRIBUTING.md says how to run it. {@code -Dcrash.seed}
 * makes other choices, {@code -Dcrash.chains} says how many chains of lives there are. The report is in
 * {@code target/faults.txt}.
 */
@Timeout(value = 5, unit = TimeUnit.HOURS)
class FaultSuite {
    private static final long SEED = Long.getLong("crash.seed", 20261124);
    private static final int CHAINS = Integer.getInteger("crash.chains", 10_000);
    private static final int POWER_LOSSES = 8;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    @ParameterizedTest
    @EnumSource
    void no_trouble_at_any_place_loses_what_was_acknowledged(Beginning beginning) throws Exception {
        try (FaultSearch search = new FaultSearch(directory, SEED, POWER_LOSSES)) {
            search.everywhere(beginning);
            report("each place of a life with a log " + beginning + ": " + search.report());
        }
    }

    @Test
    void no_chain_of_troubles_and_deaths_loses_what_was_acknowledged() throws Exception {
        try (FaultSearch search = new FaultSearch(directory, SEED, POWER_LOSSES)) {
            search.atRandom(CHAINS);
            report(CHAINS + " chains: " + search.report());
        }
    }

    private static void report(String line) throws IOException {
        System.out.println("seed " + SEED + ", " + line);
        Files.writeString(
                Files.createDirectories(Path.of("target")).resolve("faults.txt"),
                "seed " + SEED + ", " + line + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
