package dev.sallyport.sql.postgres.catalogue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects the functions whose bodies can be read: all of one name, or none of it, as arguments choose between them. */
final class Functions {
    /** More bodies, or longer ones, than these are left unread. */
    private static final int MAX_FUNCTIONS = 2_000;

    private static final int MAX_DEFINITION_CHARS = 32_768;
    private static final int MAX_CHARS = 4 << 20;

    private final Map<String, List<Function>> read = new HashMap<>();
    private final Set<String> unread = new HashSet<>();
    private int count;
    private int chars;

    /** There is a function of this name that cannot be read. */
    void unread(String qualified) {
        unread.add(qualified);
    }

    void add(Function function) {
        int length = function.definition().length() + function.defaults().length();
        if (count >= MAX_FUNCTIONS || length > MAX_DEFINITION_CHARS || chars + length > MAX_CHARS) {
            unread(function.qualifiedName());
            return;
        }
        count++;
        chars += length;
        read.computeIfAbsent(function.qualifiedName(), key -> new ArrayList<>()).add(function);
    }

    /** By their {@code schema.name}. */
    Map<String, List<Function>> readable() {
        Map<String, List<Function>> readable = new HashMap<>();
        read.forEach((name, functions) -> {
            if (!unread.contains(name)) {
                readable.put(name, List.copyOf(functions));
            }
        });
        return readable;
    }
}
