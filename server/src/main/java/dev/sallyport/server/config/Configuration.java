package dev.sallyport.server.config;

import dev.sallyport.core.identity.IssuerSettings;
import dev.sallyport.core.policy.PolicySet;
import java.nio.file.Path;
import java.util.List;

/**
 * A whole configuration that was found without fault.
 *
 * @param directory where it was read from
 * @param gateway the gateway's own settings
 * @param issuers whose tokens are taken
 * @param policies the targets and the policies, as the gate takes them
 * @param digest SHA-256 over the documents, in hex; the same documents always give the same
 */
public record Configuration(
        Path directory, GatewaySettings gateway, List<IssuerSettings> issuers, PolicySet policies, String digest) {
    public Configuration {
        issuers = List.copyOf(issuers);
    }
}
