package dev.sallyport.core.identity;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** What may be fetched from, and how two addresses are compared. */
final class WebAddress {
    private WebAddress() {}

    /** Refuses what is not an absolute http or https address, or what carries a user name or a fragment. */
    static void check(String what, URI uri) {
        boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
        if (!web || uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    what + ": " + Excerpt.of(uri.toString()) + " (expected: https://host/…)");
        }
    }

    /** The address that {@code text} is, where it is one that {@link #check} takes. */
    static Optional<URI> parse(String text) {
        try {
            URI uri = new URI(text);
            check("address", uri);
            return Optional.of(uri);
        } catch (URISyntaxException | IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    static boolean isEncrypted(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    /** Whether the address names this machine, so that nobody stands between it and the gateway. */
    static boolean namesLoopback(URI uri) {
        String host = host(uri);
        return host.equals("localhost") || host.equals("::1") || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    /** Scheme, host and port, written in one way only. */
    static String origin(URI uri) {
        return uri.getScheme().toLowerCase(Locale.ROOT) + "://" + authority(uri);
    }

    /** {@code host:port}, with the port that the scheme implies. */
    static String authority(URI uri) {
        int implied = isEncrypted(uri) ? 443 : 80;
        return host(uri) + ":" + (uri.getPort() < 0 ? implied : uri.getPort());
    }

    /** The host in lower case, an IPv6 address without its brackets. */
    static String host(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
