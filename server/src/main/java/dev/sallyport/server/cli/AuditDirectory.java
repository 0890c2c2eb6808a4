package dev.sallyport.server.cli;

import dev.sallyport.server.config.ConfigurationLoader;
import dev.sallyport.server.config.ConfigurationLoader.AuditLogPlace;
import dev.sallyport.server.config.ConfigurationLoader.StorePlace;
import dev.sallyport.server.config.GatewaySettings.Store;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which audit log a command reads. */
final class AuditDirectory {
    @ArgGroup(multiplicity = "1")
    private @Nullable Where where;

    AuditDirectory() {}

    private static final class Where {
        @Option(names = "--audit-dir", required = true, paramLabel = "DIR", description = "The audit log's directory.")
        private @Nullable Path directory;

        @Option(
                names = "--config",
                required = true,
                paramLabel = "DIR",
                description = "A gateway's configuration, which names the audit log's directory.")
        private @Nullable Path config;
    }

    /** Where what is derived from the log is kept; beside the log where that is named itself. */
    Store store() {
        Where chosen = where;
        if (chosen == null || chosen.config == null) {
            return Store.Sqlite.in(path());
        }
        StorePlace place = new ConfigurationLoader(System.getenv()).store(chosen.config);
        return place.store().orElseThrow(() -> new ConfigurationFault(place.faults()));
    }

    Path path() {
        Where chosen = where;
        if (chosen == null) {
            throw new UsageFault("--audit-dir or --config is needed");
        }
        if (chosen.directory != null) {
            return chosen.directory;
        }
        if (chosen.config == null) {
            throw new UsageFault("--audit-dir or --config is needed");
        }
        AuditLogPlace place = ConfigurationLoader.auditLog(chosen.config);
        return place.path().orElseThrow(() -> new ConfigurationFault(place.faults()));
    }
}
