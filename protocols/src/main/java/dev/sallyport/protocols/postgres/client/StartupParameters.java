package dev.sallyport.protocols.postgres.client;

import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.policy.HelloBaseline;
import dev.sallyport.core.target.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which start-up parameters reach the target. What is not on the list is refused rather than dropped, since a client that
 * asks for something relies on having it. Settings inside {@code options} are taken like parameters of their own.
 */
final class StartupParameters {
    private static final String OPTIONS = "options";
    private static final String APPLICATION_NAME = "application_name";

    /**
     * Lower case, as the server compares them: what whoever is admitted may SET, but for the name, which the gateway makes
     * itself, and the form of strings, which has one value only.
     */
    private static final Set<String> ALLOWED = HelloBaseline.SETTINGS.stream()
            .filter(setting ->
                    !Set.of(APPLICATION_NAME, "standard_conforming_strings").contains(setting))
            .collect(Collectors.toUnmodifiableSet());

    /** What the gateway uses itself and never forwards as it is. */
    private static final Set<String> OWN = Set.of("user", "database", APPLICATION_NAME);

    /** NAMEDATALEN - 1: what a server keeps of an application's name. */
    private static final int MAX_NAME_BYTES = 63;

    /**
     * What is wrong with what a client asks for, safe to tell it.
     *
     * @param hint what the client can do
     */
    record Fault(String message, String hint) {}

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

    /** What is wrong with what the client asks for. */
    static Optional<Fault> fault(Map<String, String> parameters, Target target) {
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String name = parameter.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith("_pq_.")
                    || OWN.contains(name)
                    || target.startupParameters().contains(name)) {
                continue;
            }
            Optional<Fault> fault = name.equals(OPTIONS)
                    ? optionsFault(parameter.getValue(), target)
                    : settingFault(name, parameter.getValue(), "is not allowed");
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<Fault> optionsFault(String options, Target target) {
        Optional<Map<String, String>> settings = StartupOptions.settings(options);
        if (settings.isEmpty()) {
            return Optional.of(new Fault(
                    "sallyport: the start-up parameter \"options\" may hold settings only",
                    "Write them as -c name=value."));
        }
        for (Map.Entry<String, String> setting : settings.get().entrySet()) {
            String name = setting.getKey().toLowerCase(Locale.ROOT);
            if (name.equals(APPLICATION_NAME) || target.startupParameters().contains(name)) {
                continue;
            }
            Optional<Fault> fault =
                    settingFault(name, setting.getValue(), "is not allowed, nor is it inside \"options\"");
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<Fault> settingFault(String name, String value, String verdict) {
        if (!ALLOWED.contains(name)) {
            return Optional.of(new Fault(
                    "sallyport: the start-up parameter \"" + shown(name) + "\" " + verdict,
                    "Leave it out, or have it added to the target's startupParameters."));
        }
        if (name.equals("client_encoding") && !isUtf8(value)) {
            return Optional.of(new Fault(
                    "sallyport: client_encoding has to be UTF8",
                    "Set it to UTF8, for libpq also by PGCLIENTENCODING."));
        }
        return Optional.empty();
    }

    /** What the target is told, of parameters that have no fault. */
    static Map<String, String> forwarded(Map<String, String> parameters, Target target, Identity identity) {
        Map<String, String> asked = new LinkedHashMap<>();
        // First, as the server takes them: a parameter of its own overrides a setting inside options.
        parameters.forEach((name, value) -> {
            if (isTakenApart(name, target)) {
                asked.putAll(StartupOptions.settings(value).orElse(Map.of()));
            }
        });
        parameters.forEach((name, value) -> {
            if (!isTakenApart(name, target)) {
                asked.put(name, value);
            }
        });
        String claimed = "";
        Map<String, String> forwarded = new LinkedHashMap<>();
        for (Map.Entry<String, String> each : asked.entrySet()) {
            String name = each.getKey().toLowerCase(Locale.ROOT);
            if (name.equals(APPLICATION_NAME)) {
                claimed = each.getValue();
            } else if (!name.startsWith("_pq_.") && !OWN.contains(name)) {
                forwarded.put(each.getKey(), each.getValue());
            }
        }
        forwarded.keySet().removeIf(name -> name.equalsIgnoreCase("client_encoding"));
        forwarded.put("client_encoding", "UTF8");
        forwarded.put(APPLICATION_NAME, applicationName(claimed, identity));
        return forwarded;
    }

    /** Where the target's own list has {@code options}, they go through as they are. */
    private static boolean isTakenApart(String name, Target target) {
        return name.equalsIgnoreCase(OPTIONS) && !target.startupParameters().contains(OPTIONS);
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
