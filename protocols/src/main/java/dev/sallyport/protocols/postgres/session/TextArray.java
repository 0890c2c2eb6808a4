package dev.sallyport.protocols.postgres.session;

import java.util.ArrayList;
import java.util.List;

/** Reads a one-dimensional array of texts in PostgreSQL's text form (section 8.15.6 "Array Input and Output Syntax"). */
final class TextArray {
    private TextArray() {}

    /** @throws IllegalArgumentException when it is no such array */
    static List<String> read(String array) {
        if (array.length() < 2 || array.charAt(0) != '{' || array.charAt(array.length() - 1) != '}') {
            throw new IllegalArgumentException("array: no braces (expected: {a,b})");
        }
        List<String> elements = new ArrayList<>();
        StringBuilder element = new StringBuilder();
        boolean quoted = false;
        for (int i = 1; i < array.length() - 1; i++) {
            char c = array.charAt(i);
            if (c == '\\') {
                i++;
                element.append(array.charAt(i));
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                elements.add(element.toString());
                element.setLength(0);
            } else {
                element.append(c);
            }
        }
        if (array.length() > 2) {
            elements.add(element.toString());
        }
        return elements;
    }
}
