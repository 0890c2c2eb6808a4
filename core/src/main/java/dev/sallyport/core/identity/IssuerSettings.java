package dev.sallyport.core.identity;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One issuer whose tokens are taken, and on what terms.
 *
 * @param name what policies and the audit log call it, for example {@code okta}
 * @param issuer the exact {@code iss} of its tokens
 * @param keys where its keys come from
 * @param audiences the {@code aud} values meant for this gateway; a token needs one of them
 * @param algorithms the signatures taken; see {@link #DEFAULT_ALGORITHMS}
 * @param types the {@code typ} headers taken, without regard to case and with or without {@code application/}; the
 *     empty string stands for a token without one; see {@link #DEFAULT_TYPES}
 * @param claims how its claims are read
 * @param leeway how far its clock and ours may differ
 * @param fetching how its keys are fetched
 */
public record IssuerSettings(
        String name,
        String issuer,
        KeySource keys,
        Set<String> audiences,
        Set<String> algorithms,
        Set<String> types,
        Claims claims,
        Duration leeway,
        Fetching fetching) {

    /** Every asymmetric signature that the gateway knows. */
    public static final Set<String> DEFAULT_ALGORITHMS = SignatureAlgorithm.names();

    /** Absent, {@code JWT} and {@code at+jwt}: many issuers mark nothing. Demand {@code at+jwt} where one does. */
    public static final Set<String> DEFAULT_TYPES = Set.of("", "JWT", "at+jwt");

    public static final Duration DEFAULT_LEEWAY = Duration.ofSeconds(30);
    private static final Duration MAX_LEEWAY = Duration.ofMinutes(10);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

    public IssuerSettings {
        audiences = Set.copyOf(audiences);
        algorithms = Set.copyOf(algorithms);
        types = Set.copyOf(types);
        require(NAME.matcher(name).matches(), "name", name, "letters, digits, '_', '.', '-'");
        require(!issuer.isBlank(), "issuer", issuer, "the exact iss of its tokens");
        require(!audiences.isEmpty() && !audiences.contains(""), "audiences", audiences, "at least one, none empty");
        require(!algorithms.isEmpty(), "algorithms", algorithms, "at least one");
        require(DEFAULT_ALGORITHMS.containsAll(algorithms), "algorithms", algorithms, "among " + DEFAULT_ALGORITHMS);
        require(!types.isEmpty(), "types", types, "at least one; '' stands for absent");
        require(!leeway.isNegative() && leeway.compareTo(MAX_LEEWAY) <= 0, "leeway", leeway, "0s to 10m");
        if (keys instanceof KeySource.Discovery) {
            Optional<URI> address = WebAddress.parse(issuer);
            require(
                    address.isPresent() && address.get().getRawQuery() == null,
                    "issuer",
                    issuer,
                    "https://host/… for discovery; else set jwks");
            requireEncrypted(name, address.get(), fetching);
        }
        if (keys instanceof KeySource.JwksUri(URI uri)) {
            requireEncrypted(name, uri, fetching);
        }
    }

    /** The settings of an issuer that is discovered, with every default. */
    public static IssuerSettings discovered(String name, String issuer, Set<String> audiences) {
        return of(name, issuer, new KeySource.Discovery(), audiences);
    }

    /** The settings of an issuer whose keys come from {@code keys}, with every default. */
    public static IssuerSettings of(String name, String issuer, KeySource keys, Set<String> audiences) {
        return new IssuerSettings(
                name,
                issuer,
                keys,
                audiences,
                DEFAULT_ALGORITHMS,
                DEFAULT_TYPES,
                Claims.DEFAULT,
                DEFAULT_LEEWAY,
                Fetching.DEFAULT);
    }

    /**
     * Where a client finds the issuer's metadata: the {@code openid-configuration} of the failure document that SASL
     * OAUTHBEARER answers with (RFC 7628, section 3.2.2). Empty where the issuer is no web address.
     */
    public Optional<URI> openidConfiguration() {
        return WebAddress.parse(issuer).map(address -> MetadataAddresses.openid(issuer));
    }

    private static void requireEncrypted(String name, URI uri, Fetching fetching) {
        if (!WebAddress.isEncrypted(uri) && !WebAddress.namesLoopback(uri) && !fetching.dangerouslyAllowHttp()) {
            throw new IllegalArgumentException("issuer " + name + ": " + Excerpt.of(uri.toString())
                    + " (expected: https, for whoever stands in between could swap the keys)");
        }
    }

    private static void require(boolean holds, String what, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    what + ": " + Excerpt.of(String.valueOf(value)) + " (expected: " + expected + ")");
        }
    }

    /**
     * How claims are read. A name is first looked for as it stands (so {@code https://acme.com/groups} is found), then
     * as a path with dots ({@code realm_access.roles}).
     *
     * @param groups where the groups are: an array of strings, or one string with spaces between; empty for none
     * @param client where the client is, the first that the token has
     * @param required claims that a token must carry with exactly this value, for example {@code typ=Bearer}
     */
    public record Claims(String groups, List<String> client, Map<String, String> required) {
        public static final String DEFAULT_GROUPS = "groups";
        public static final List<String> DEFAULT_CLIENT = List.of("cid", "client_id", "azp");
        public static final Claims DEFAULT = new Claims(DEFAULT_GROUPS, DEFAULT_CLIENT, Map.of());

        public Claims {
            client = List.copyOf(client);
            required = Map.copyOf(required);
        }
    }

    /**
     * How keys are fetched. What the operator names (the host of the issuer or of the key set, and {@code trustedHosts})
     * may be anywhere; what the issuer's metadata names must be a public address over https.
     *
     * @param trust certificates (PEM) to trust instead of the JDK's own
     * @param dangerouslyAllowHttp whether a host other than this machine may be asked without TLS
     * @param trustedHosts further hosts, {@code host} or {@code host:port}, that metadata may lead to wherever they are
     * @param refreshInterval the least time between two fetches that tokens with an unknown key can bring about
     */
    public record Fetching(
            Optional<Path> trust, boolean dangerouslyAllowHttp, Set<String> trustedHosts, Duration refreshInterval) {
        public static final Duration DEFAULT_REFRESH_INTERVAL = Duration.ofSeconds(10);
        public static final Fetching DEFAULT =
                new Fetching(Optional.empty(), false, Set.of(), DEFAULT_REFRESH_INTERVAL);

        public Fetching {
            trustedHosts = Set.copyOf(trustedHosts);
            require(
                    refreshInterval.isPositive() && refreshInterval.compareTo(Duration.ofHours(1)) <= 0,
                    "refreshInterval",
                    refreshInterval,
                    "more than 0s, at most 1h");
        }
    }
}
