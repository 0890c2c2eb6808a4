package dev.sallyport.server.cli;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.audit.seal.LocalKey;
import dev.sallyport.server.config.ConfigurationLoader;
import dev.sallyport.server.config.ConfigurationLoader.AuditLogPlace;
import dev.sallyport.server.config.ConfigurationLoader.StorePlace;
import dev.sallyport.server.config.GatewaySettings.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which audit log a command reads. */
final class AuditDirectory {
    @ArgGroup(multiplicity = "1")
    private @Nullable Where where;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = {
                "With --audit-dir: a key that the log is encrypted with; may be given again. Without one, the key in the"
                        + " log's directory is taken."
            })
    private List<Path> keys = new ArrayList<>();

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
    Store store() throws IOException {
        Where chosen = where;
        if (chosen == null || chosen.config == null) {
            return Store.Sqlite.in(path());
        }
        StorePlace place = new ConfigurationLoader(System.getenv()).store(chosen.config);
        return place.store().orElseThrow(() -> new ConfigurationFault(place.faults()));
    }

    /** Where the log's files are. */
    Path path() throws IOException {
        return log().directory();
    }

    /** The log, with what it can be read with. */
    LogPlace log() throws IOException {
        Where chosen = where;
        if (chosen == null) {
            throw new UsageFault("--audit-dir or --config is needed");
        }
        if (chosen.directory != null) {
            return keys.isEmpty() ? LogPlace.of(chosen.directory) : new LogPlace(chosen.directory, given());
        }
        if (chosen.config == null) {
            throw new UsageFault("--audit-dir or --config is needed");
        }
        AuditLogPlace place = ConfigurationLoader.auditLog(chosen.config);
        return place.log().orElseThrow(() -> new ConfigurationFault(place.faults()));
    }

    private KeyRing given() throws IOException {
        List<LocalKey> read = new ArrayList<>();
        for (Path file : keys) {
            read.add(LocalKey.read(file));
        }
        return KeyRing.of(read.getFirst(), read.subList(1, read.size()));
    }
}
