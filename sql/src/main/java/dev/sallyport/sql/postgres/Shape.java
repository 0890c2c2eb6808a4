package dev.sallyport.sql.postgres;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A tree's text without the places in the statement, so that equal expressions are equal wherever they stand. */
final class Shape {
    private Shape() {}

    static String of(JsonNode node) {
        StringBuilder text = new StringBuilder();
        append(node, text);
        return text.toString();
    }

    private static void append(JsonNode node, StringBuilder text) {
        if (node.isObject()) {
            text.append('{');
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                if (!field.getKey().equals("location") && !field.getKey().startsWith("list_")) {
                    text.append(field.getKey()).append(':');
                    append(field.getValue(), text);
                    text.append(',');
                }
            }
            text.append('}');
        } else if (node.isArray()) {
            text.append('[');
            node.values().forEach(item -> {
                append(item, text);
                text.append(',');
            });
            text.append(']');
        } else {
            text.append(node);
        }
    }
}
