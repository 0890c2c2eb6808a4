package dev.sallyport.core.identity;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Identities for tests of what comes after authentication. */
public final class TestIdentities {
    private TestIdentities() {}

    /** A subject of the issuer {@code okta} with the client {@code cli}, good until 2100. */
    public static Identity okta(String subject, String... groups) {
        return identity("okta", subject, Optional.of("cli"), List.of(), Instant.parse("2100-01-01T00:00:00Z"), groups);
    }

    public static Identity identity(
            String issuer,
            String subject,
            Optional<String> client,
            List<String> actors,
            Instant expiresAt,
            String... groups) {
        return new Identity(
                issuer,
                subject,
                client,
                Arrays.stream(groups).map(name -> new GroupName(issuer, name)).collect(Collectors.toSet()),
                actors,
                Map.of("iss", "https://" + issuer + ".test", "sub", subject),
                expiresAt,
                expiresAt);
    }
}
