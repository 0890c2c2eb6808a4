package dev.sallyport.server.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An error or a notice as psql shows it. The fields are PostgreSQL's, by the letters of its ErrorResponse and
 * NoticeResponse (Protocol, "Error and Notice Message Fields"); what is none of them is shown as it is.
 */
final class ServerMessage {
    /** Those worth a line, in psql's order. */
    private static final Map<String, String> TITLES = titles();

    /** What the first line has already, and where in the server's source it came from. */
    private static final List<String> UNSHOWN = List.of("S", "V", "C", "M", "F", "L", "R");

    private ServerMessage() {}

    private static Map<String, String> titles() {
        Map<String, String> titles = new LinkedHashMap<>();
        titles.put("D", "DETAIL");
        titles.put("H", "HINT");
        titles.put("P", "POSITION");
        titles.put("q", "QUERY");
        titles.put("p", "POSITION IN IT");
        titles.put("W", "CONTEXT");
        titles.put("s", "SCHEMA");
        titles.put("t", "TABLE");
        titles.put("c", "COLUMN");
        titles.put("d", "TYPE");
        titles.put("n", "CONSTRAINT");
        return titles;
    }

    /** Puts it on the screen. */
    static void show(List<String> fields, String kind, Screen screen) {
        Map<String, String> known = new LinkedHashMap<>();
        List<String> others = new ArrayList<>();
        for (String field : fields) {
            int equals = field.indexOf('=');
            String name = equals < 0 ? "" : field.substring(0, equals);
            if (TITLES.containsKey(name) || UNSHOWN.contains(name)) {
                known.put(name, field.substring(equals + 1));
            } else {
                others.add(field);
            }
        }
        String code = known.getOrDefault("C", "00000");
        String severity = known.getOrDefault("S", known.getOrDefault("V", kind));
        String head = word(severity) + (code.equals("00000") ? "" : " " + word(code)) + ": ";
        if (known.containsKey("M") || others.isEmpty()) {
            screen.text(Screen.INDENT + head, known.getOrDefault("M", ""));
            others.forEach(field -> screen.text(Screen.INDENT, field));
        } else {
            screen.text(Screen.INDENT + head, String.join(", ", others));
        }
        TITLES.forEach((letter, title) -> {
            if (known.containsKey(letter)) {
                screen.text(Screen.INDENT + title + ": ", known.get(letter));
            }
        });
    }

    /** They are short, or they are none. */
    private static String word(String text) {
        return Printable.cut(Printable.line(text), 20);
    }
}
