package dev.sallyport.core.audit;

import dev.sallyport.core.audit.FaultSearch.Beginning;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever the disk does at any place, and whenever the process dies or the power goes: nothing that was acknowledged is
 * lost, nothing is cut off in silence, and the log serves again. The long form is {@link FaultSuite}.
 */
@Timeout(300)
class EveryFaultIT {
    private static final long SEED = 20261124;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    @ParameterizedTest
    @EnumSource(names = {"NEW", "KILLED"})
    void no_trouble_at_any_place_loses_what_was_acknowledged(Beginning beginning) throws Exception {
        try (FaultSearch search = new FaultSearch(directory, SEED, 1)) {
            search.everywhere(beginning);
            System.out.println(beginning + ": " + search.report());
        }
    }

    @Test
    void no_chain_of_troubles_and_deaths_loses_what_was_acknowledged() throws Exception {
        try (FaultSearch search = new FaultSearch(directory, SEED, 1)) {
            search.atRandom(150);
            System.out.println(search.report());
        }
    }
}
