package dev.sallyport.protocols.postgres.client;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The start-up parameter {@code options}: arguments of the server's command line, of which clients use the settings
 * ({@code -c name=value}, {@code --name=value}; section 54.7, "StartupMessage", and section 19.3.2 on {@code PGOPTIONS}).
 * Taken apart as the server does it, so that each setting is judged like a start-up parameter of its own.
 */
final class StartupOptions {
    private StartupOptions() {}

    /** The settings by name, a later one in place of an earlier; nothing where there is more than settings in it. */
    static Optional<Map<String, String>> settings(String options) {
        Map<String, String> settings = new LinkedHashMap<>();
        Iterator<String> arguments = arguments(options).iterator();
        while (arguments.hasNext()) {
            String argument = arguments.next();
            String setting = "";
            if (argument.startsWith("--")) {
                setting = argument.substring(2);
            } else if (argument.equals("-c")) {
                setting = arguments.hasNext() ? arguments.next() : "";
            } else if (argument.startsWith("-c")) {
                setting = argument.substring(2);
            }
            int equals = setting.indexOf('=');
            if (equals < 1) {
                return Optional.empty();
            }
            settings.put(setting.substring(0, equals).replace('-', '_'), setting.substring(equals + 1));
        }
        return Optional.of(settings);
    }

    /** Split at white space; a backslash takes the next character as it is. */
    private static List<String> arguments(String options) {
        List<String> arguments = new ArrayList<>();
        StringBuilder argument = new StringBuilder();
        boolean inside = false;
        boolean escaped = false;
        for (int i = 0; i < options.length(); i++) {
            char c = options.charAt(i);
            if (!escaped && isSpace(c)) {
                if (inside) {
                    arguments.add(argument.toString());
                    argument.setLength(0);
                    inside = false;
                }
                continue;
            }
            inside = true;
            if (!escaped && c == '\\') {
                escaped = true;
            } else {
                escaped = false;
                argument.append(c);
            }
        }
        if (inside) {
            arguments.add(argument.toString());
        }
        return arguments;
    }

    /** What {@code isspace} says in the locale C. */
    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
