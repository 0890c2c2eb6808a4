package dev.sallyport.sql.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * PostgreSQL's own functions by what they do: every name in {@code pg_proc} of PostgreSQL 13 to 18. A name that is not
 * in the table, such as a newer server's, is unknown.
 */
final class BuiltinFunctions {
    /** What a function does, as the head of {@code builtin-functions.txt} explains. */
    enum Kind {
        PURE,
        INFORMATION,
        SETTING,
        SEQUENCE,
        NOTIFY,
        SLEEP,
        RELEASE,
        FILE,
        ADMIN,
        DYNAMIC,
        INTERNAL
    }

    private static final String SET_RETURNING = "[set]";
    private static final BuiltinFunctions TABLE = load();

    private final Map<String, Kind> kinds;
    private final Set<String> returningSets;

    private BuiltinFunctions(Map<String, Kind> kinds, Set<String> returningSets) {
        this.kinds = Map.copyOf(kinds);
        this.returningSets = Set.copyOf(returningSets);
    }

    /** The kind of a function of {@code pg_catalog}, or of another schema with its schema before the name. */
    static Optional<Kind> kind(String name) {
        return Optional.ofNullable(TABLE.kinds.get(name));
    }

    /** Whether something of its arguments stays behind, in a setting, a sequence or the like, and can be read there. */
    static boolean keeps(String name) {
        Kind kind = TABLE.kinds.get(name);
        return (kind != null && kind != Kind.PURE) || name.equals("setseed");
    }

    static boolean returnsSet(String name) {
        return TABLE.returningSets.contains(name);
    }

    private static BuiltinFunctions load() {
        try (InputStream resource = BuiltinFunctions.class.getResourceAsStream("builtin-functions.txt")) {
            if (resource == null) {
                throw new IllegalStateException("builtin-functions.txt is missing");
            }
            return read(new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BuiltinFunctions read(BufferedReader lines) throws IOException {
        Map<String, Kind> kinds = new HashMap<>();
        Set<String> returningSets = new HashSet<>();
        String section = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("[")) {
                section = line;
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                for (String name : line.split(" ")) {
                    if (section.equals(SET_RETURNING)) {
                        returningSets.add(name);
                    } else if (kinds.put(name, kindOf(section)) != null) {
                        throw new IllegalStateException(name + " is in two classes");
                    }
                }
            }
        }
        return new BuiltinFunctions(kinds, returningSets);
    }

    private static Kind kindOf(String section) {
        return Kind.valueOf(section.substring(1, section.length() - 1).toUpperCase(Locale.ROOT));
    }
}
