package dev.sallyport.sql.postgres;

import java.util.ArrayList;
import java.util.List;

/** Reads a list of names as settings hold it: {@code public, "$user"} (SplitIdentifierString of varlena.c). */
final class SchemaList {
    private SchemaList() {}

    static List<String> read(String text) {
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    name.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                add(names, name);
            } else if (quoted) {
                name.append(c);
            } else if (!Character.isWhitespace(c)) {
                name.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
            }
        }
        add(names, name);
        return names;
    }

    private static void add(List<String> names, StringBuilder name) {
        if (!name.isEmpty()) {
            names.add(name.toString());
        }
        name.setLength(0);
    }
}
