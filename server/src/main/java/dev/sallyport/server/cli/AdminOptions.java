package dev.sallyport.server.cli;

import dev.sallyport.core.target.Secret;
import dev.sallyport.server.client.AdminClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command reaches the admin API, and as whom. The token is never an argument, which everybody's ps would show. */
final class AdminOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The admin API's address. Default: SALLYPORT_URL, else https://localhost:8443.")
    private @Nullable URI url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file with the token. Default: the environment's SALLYPORT_TOKEN.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--token",
            hidden = true,
            arity = "0..1",
            fallbackValue = "",
            description = "Refused: ps shows arguments to everybody.")
    private @Nullable String refused;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "Certificates (PEM) to trust. Default: SALLYPORT_CA_FILE, else those of the JDK.")
    private @Nullable Path caFile;

    @Option(names = "--json", description = "Print JSON, as the API gives it.")
    private boolean json;

    AdminOptions() {}

    boolean json() {
        return json;
    }

    AdminClient connect() throws IOException {
        return new AdminClient(
                address(),
                token(),
                Optional.ofNullable(caFile)
                        .or(() -> environment("SALLYPORT_CA_FILE").map(Path::of)));
    }

    private URI address() {
        URI address = url == null ? URI.create(environment("SALLYPORT_URL").orElse("https://localhost:8443")) : url;
        String scheme = String.valueOf(address.getScheme());
        boolean loopback = "localhost".equals(address.getHost()) || "127.0.0.1".equals(address.getHost());
        if (!scheme.equals("https") && !(scheme.equals("http") && loopback)) {
            throw new UsageFault("--url: " + address + " (expected: https://…, as a token goes there)");
        }
        return address;
    }

    private Secret token() throws IOException {
        if (refused != null) {
            throw new UsageFault(
                    "--token: a token is no argument, since ps shows those to everybody (set SALLYPORT_TOKEN"
                            + " or give --token-file; and take this token for known)");
        }
        if (tokenFile != null) {
            if (!Files.isReadable(tokenFile)) {
                throw new UsageFault("--token-file: " + tokenFile + " cannot be read");
            }
            return Secret.of(Files.readString(tokenFile).strip());
        }
        return Secret.of(environment("SALLYPORT_TOKEN")
                .orElseThrow(() -> new UsageFault("no token: set SALLYPORT_TOKEN or give --token-file")));
    }

    private static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).map(String::strip).filter(value -> !value.isEmpty());
    }
}
