package dev.sallyport.core.identity;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;

/** Where an issuer's metadata may be. */
final class MetadataAddresses {
    private static final String OPENID = "/.well-known/openid-configuration";
    private static final String OAUTH = "/.well-known/oauth-authorization-server";

    private MetadataAddresses() {}

    /** The suffix is appended to the issuer less its last slash (OpenID Connect Discovery 1.0, section 4.1). */
    static URI openid(String issuer) {
        return URI.create(withoutLastSlash(issuer) + OPENID);
    }

    /**
     * All of them in the order in which they are tried. RFC 8414 section 3.1 puts its suffix between host and path;
     * several authorization servers serve it behind the path instead.
     */
    static List<URI> of(String issuer) {
        String base = withoutLastSlash(issuer);
        URI uri = URI.create(base);
        String origin = uri.getScheme() + "://" + uri.getRawAuthority();
        LinkedHashSet<URI> addresses = new LinkedHashSet<>();
        addresses.add(openid(issuer));
        addresses.add(URI.create(origin + OAUTH + uri.getRawPath()));
        addresses.add(URI.create(base + OAUTH));
        return List.copyOf(addresses);
    }

    private static String withoutLastSlash(String issuer) {
        return issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    }
}
