package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a change of a setting does, whether SET or {@code set_config} makes it. */
final class Settings {
    private static final Set<String> TRUE = Set.of("on", "true", "yes", "1", "t", "y");
    private static final Set<String> UTF8 = Set.of("utf8", "utf-8", "unicode");

    private Settings() {}

    /**
     * The effect of giving a setting these values.
     *
     * @param values as written; empty for its default, null inside where a value is not known
     */
    static Effect change(String setting, List<@Nullable String> values) {
        String name = setting.toLowerCase(Locale.ROOT);
        return switch (name) {
            case "role", "session_authorization" -> {
                String role = values.isEmpty() ? null : values.getFirst();
                yield Effect.of(Action.ADMIN, "role", role == null ? "?" : role);
            }
            case "standard_conforming_strings" -> only(TRUE, name, values);
            case "client_encoding" -> only(UTF8, name, values);
            case "backslash_quote" -> only(Set.of("safe_encoding"), name, values);
            default -> Effect.of(Action.SESSION, "setting", name);
        };
    }

    /** These settings change how the target reads a text, and here it is read in one way only. */
    private static Effect only(Set<String> accepted, String name, List<@Nullable String> values) {
        for (String value : values) {
            if (value == null || !accepted.contains(value.toLowerCase(Locale.ROOT))) {
                return Effect.unknown("setting", name, "it changes how the target reads the text of statements");
            }
        }
        return Effect.of(Action.SESSION, "setting", name);
    }

    static boolean movesSearchPath(String setting) {
        return switch (setting.toLowerCase(Locale.ROOT)) {
            case "search_path", "role", "session_authorization" -> true;
            default -> false;
        };
    }
}
