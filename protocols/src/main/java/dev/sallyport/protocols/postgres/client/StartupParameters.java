package dev.sallyport.protocols.postgres.client;

import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.target.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which start-up parameters reach the target. What is not on the list is refused rather than dropped, since a client that
 * asks for something relies on having it.
 */
final class StartupParameters {
    /** Lower case, as the server compares them. */
    private static final Set<String> ALLOWED =
            Set.of("client_encoding", "datestyle", "timezone", "extra_float_digits", "intervalstyle");

    /** What the gateway uses itself and never forwards as it is. */
    private static final Set<String> OWN = Set.of("user", "database", "application_name");

    /** NAMEDATALEN - 1: what a server keeps of an application's name. */
    private static final int MAX_NAME_BYTES = 63;

    private StartupParameters() {}

    /** The client's protocol extensions, none of which is supported; they are reported back, not refused. */
    static List<String> extensions(Map<String, String> parameters) {
        List<String> extensions = new ArrayList<>();
        for (String name : parameters.keySet()) {
            if (name.startsWith("_pq_.")) {
                extensions.add(name);
            }
        }
        return extensions;
    }

    /** What is wrong with what the client asks for, safe to tell it. */
    static Optional<String> fault(Map<String, String> parameters, Target target) {
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String name = parameter.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith("_pq_.")
                    || OWN.contains(name)
                    || target.startupParameters().contains(name)) {
                continue;
            }
            if (!ALLOWED.contains(name)) {
                return Optional.of("sallyport: the start-up parameter \"" + shown(name) + "\" is not allowed");
            }
            if (name.equals("client_encoding") && !isUtf8(parameter.getValue())) {
                return Optional.of("sallyport: client_encoding has to be UTF8");
            }
        }
        return Optional.empty();
    }

    /** What the target is told. */
    static Map<String, String> forwarded(Map<String, String> parameters, Identity identity) {
        Map<String, String> forwarded = new LinkedHashMap<>();
        parameters.forEach((name, value) -> {
            if (!name.startsWith("_pq_.") && !OWN.contains(name.toLowerCase(Locale.ROOT))) {
                forwarded.put(name, value);
            }
        });
        forwarded.keySet().removeIf(name -> name.equalsIgnoreCase("client_encoding"));
        forwarded.put("client_encoding", "UTF8");
        forwarded.put("application_name", applicationName(parameters.getOrDefault("application_name", ""), identity));
        return forwarded;
    }

    /** {@code sallyport/okta:bot/psql}: who it is before what it calls itself, since the end may be cut off. */
    private static String applicationName(String claimed, Identity identity) {
        String name = "sallyport/" + identity.principal() + (claimed.isEmpty() ? "" : "/" + claimed);
        StringBuilder ascii = new StringBuilder();
        for (int i = 0; i < name.length() && ascii.length() < MAX_NAME_BYTES; i++) {
            char c = name.charAt(i);
            ascii.append(c >= ' ' && c <= '~' ? c : '?');
        }
        return ascii.toString();
    }

    private static boolean isUtf8(String encoding) {
        String plain = encoding.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
        return plain.equals("utf8") || plain.equals("unicode");
    }

    private static String shown(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        String text = name.replaceAll("[^\\x20-\\x7e]", "?");
        return bytes.length > MAX_NAME_BYTES ? text.substring(0, Math.min(text.length(), MAX_NAME_BYTES)) + "…" : text;
    }
}
