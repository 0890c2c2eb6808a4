package dev.sallyport.server.config;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.identity.IssuerSettings;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.PolicySet;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.server.config.Document.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads a configuration whole: either there is no fault in any document, or nothing of it is used. */
public final class ConfigurationLoader {
    private final Map<String, String> environment;

    /** Takes secrets that are named with {@code env} from {@code environment}. */
    public ConfigurationLoader(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** What became of a directory. */
    public sealed interface Result {
        /**
         * It is without fault.
         *
         * @param configuration what it says
         * @param files the files that it refers to: certificates, keys, secrets
         */
        record Loaded(Configuration configuration, Set<Path> files) implements Result {
            public Loaded {
                files = Set.copyOf(files);
            }
        }

        /** It is not; there is at least one fault, in the order of files and lines. */
        record Faulty(List<Fault> faults) implements Result {
            public Faulty {
                faults = List.copyOf(faults);
            }
        }
    }

    /** Reads {@code directory} with the environment of this process. */
    public static Result load(Path directory) {
        return new ConfigurationLoader(System.getenv()).read(directory);
    }

    /** Reads {@code directory}. */
    public Result read(Path directory) {
        if (!Files.isDirectory(directory)) {
            return new Result.Faulty(List.of(noDirectory(directory)));
        }
        try {
            return read(directory, DirectoryScan.of(directory));
        } catch (IOException e) {
            return new Result.Faulty(List.of(unreadable(directory, e)));
        }
    }

    /**
     * Only where the audit log is and what it is encrypted with, for those who read it: they need neither the targets'
     * passwords nor the gateway's other keys, and a fault elsewhere is no hindrance. Without a log there is at least one
     * fault.
     */
    public static AuditLogPlace auditLog(Path directory) {
        if (!Files.isDirectory(directory)) {
            return new AuditLogPlace(Optional.empty(), List.of(noDirectory(directory)));
        }
        try {
            Faults faults = new Faults();
            Path home = directory.toAbsolutePath().normalize();
            List<Document> documents = Document.all(home, DirectoryScan.of(directory), faults);
            FileReferences files = new FileReferences(System.getenv());
            Optional<Document> gateway = gateway(documents, faults);
            Optional<LogPlace> log = gateway.isEmpty()
                    ? Optional.empty()
                    : GatewayReader.auditLog(gateway.get().spec(), files);
            return new AuditLogPlace(log, faults.sorted());
        } catch (IOException e) {
            return new AuditLogPlace(Optional.empty(), List.of(unreadable(directory, e)));
        }
    }

    /**
     * Where a gateway writes its audit log.
     *
     * @param log absent where the documents do not say it
     * @param faults why they do not
     */
    public record AuditLogPlace(Optional<LogPlace> log, List<Fault> faults) {
        public AuditLogPlace {
            faults = List.copyOf(faults);
        }
    }

    /**
     * Only where what is derived from the audit log is kept, for those who search it; as {@link #auditLog}, but with the
     * store's password. Without a store there is at least one fault.
     */
    public StorePlace store(Path directory) {
        if (!Files.isDirectory(directory)) {
            return new StorePlace(Optional.empty(), List.of(noDirectory(directory)));
        }
        try {
            Faults faults = new Faults();
            Path home = directory.toAbsolutePath().normalize();
            List<Document> documents = Document.all(home, DirectoryScan.of(directory), faults);
            FileReferences files = new FileReferences(environment);
            Optional<GatewaySettings.Store> store =
                    gateway(documents, faults).flatMap(document -> GatewayReader.store(document.spec(), files));
            return new StorePlace(faults.isEmpty() ? store : Optional.empty(), faults.sorted());
        } catch (IOException e) {
            return new StorePlace(Optional.empty(), List.of(unreadable(directory, e)));
        }
    }

    /**
     * Where a gateway keeps what it derives from its audit log.
     *
     * @param store absent where the documents do not say it
     * @param faults why they do not
     */
    public record StorePlace(Optional<GatewaySettings.Store> store, List<Fault> faults) {
        public StorePlace {
            faults = List.copyOf(faults);
        }
    }

    Result read(Path directory, DirectoryScan scan) {
        Path home = directory.toAbsolutePath().normalize();
        Faults faults = new Faults();
        FileReferences files = new FileReferences(environment);
        List<Document> documents = Document.all(home, scan, faults);
        Names names = new Names(documents);
        List<IssuerSettings> issuers = each(documents, Kind.ISSUER, new IssuerReader(files)::read);
        List<Target> targets = each(documents, Kind.TARGET, new TargetReader(files)::read);
        List<Policy> policies = each(documents, Kind.POLICY, new PolicyReader(names)::read);
        Optional<Document> gateway = gateway(documents, faults);
        boolean hello = gateway.map(GatewayReader::hello).orElse(true);
        Optional<GatewaySettings> settings = gateway.flatMap(new GatewayReader(files, names, issuers)::read);
        if (!faults.isEmpty() || settings.isEmpty()) {
            return new Result.Faulty(faults.sorted());
        }
        Map<TargetName, Target> byName = new HashMap<>();
        targets.forEach(target -> byName.put(target.name(), target));
        PolicySet set =
                new PolicySet(byName, policies, hello, settings.get().limits().holdInTransaction());
        return new Result.Loaded(
                new Configuration(home, settings.get(), issuers, set, scan.digest()), files.referenced());
    }

    private static <T> List<T> each(List<Document> documents, Kind kind, Function<Document, Optional<T>> reader) {
        List<T> read = new ArrayList<>();
        documents.stream()
                .filter(document -> document.kind() == kind)
                .forEach(document -> reader.apply(document).ifPresent(read::add));
        return read;
    }

    private static Optional<Document> gateway(List<Document> documents, Faults faults) {
        List<Document> gateways = documents.stream()
                .filter(document -> document.kind() == Kind.GATEWAY)
                .toList();
        if (gateways.isEmpty() && faults.isEmpty()) {
            faults.add(new Fault(
                    ".", 1, 1, "", "there is no document of kind Gateway", "add one, see docs/configuration.md"));
        }
        gateways.stream()
                .skip(1)
                .forEach(document -> document.name()
                        .fault(
                                "there is more than one Gateway",
                                "the first is in "
                                        + gateways.getFirst().name().source().file()));
        return gateways.stream().findFirst();
    }

    private static Fault noDirectory(Path directory) {
        return new Fault(
                directory.toString(), 1, 1, "", "is not a directory", "give the directory with the YAML documents");
    }

    private static Fault unreadable(Path directory, IOException why) {
        return new Fault(directory.toString(), 1, 1, "", "cannot be read: " + FileTrouble.of(why), "");
    }
}
