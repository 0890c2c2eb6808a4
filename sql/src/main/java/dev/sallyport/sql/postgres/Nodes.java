package dev.sallyport.sql.postgres;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads libpg_query's JSON form of a parse tree. A field that may hold any node holds {@code {"Type": {…}}}; a field of
 * one fixed type holds that type's fields at once; what is zero, false or empty is left out.
 */
final class Nodes {
    private Nodes() {}

    /** Whether this is {@code {"Type": {…}}} rather than a node's fields. */
    static boolean tagged(JsonNode node) {
        return node.isObject()
                && node.size() == 1
                && Character.isUpperCase(type(node).charAt(0));
    }

    static String type(JsonNode tagged) {
        return tagged.propertyNames().iterator().next();
    }

    static JsonNode body(JsonNode tagged) {
        return tagged.values().iterator().next();
    }

    static @Nullable JsonNode child(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    /** The body of a tagged child of this type, or null where there is none or it is of another. */
    static @Nullable JsonNode child(JsonNode node, String field, String type) {
        JsonNode value = child(node, field);
        return value == null ? null : as(value, type);
    }

    static @Nullable JsonNode as(JsonNode node, String type) {
        return tagged(node) && type(node).equals(type) ? body(node) : null;
    }

    static List<JsonNode> list(JsonNode node, String field) {
        JsonNode value = child(node, field);
        if (value == null) {
            return List.of();
        }
        List<JsonNode> items = new ArrayList<>(value.size());
        for (JsonNode item : value.values()) {
            items.add(item);
        }
        return items;
    }

    /** The items of a tagged List, or the node alone where it is no list. */
    static List<JsonNode> items(JsonNode node) {
        JsonNode list = as(node, "List");
        return list == null ? List.of(node) : list(list, "items");
    }

    static String text(JsonNode node, String field) {
        JsonNode value = child(node, field);
        return value != null && value.isString() ? value.stringValue() : "";
    }

    static boolean flag(JsonNode node, String field) {
        JsonNode value = child(node, field);
        return value != null && value.isBoolean() && value.booleanValue();
    }

    static int number(JsonNode node, String field) {
        JsonNode value = child(node, field);
        return value != null && value.isNumber() ? value.intValue() : 0;
    }

    /** The texts of a list of String nodes; whatever is no String is left out. */
    static List<String> strings(List<JsonNode> nodes) {
        List<String> texts = new ArrayList<>(nodes.size());
        for (JsonNode node : nodes) {
            JsonNode string = as(node, "String");
            if (string != null) {
                texts.add(text(string, "sval"));
            }
        }
        return texts;
    }

    /** A qualified name from its parts; a part before the schema is the database, which can only be the current one. */
    static Name name(List<String> parts) {
        int last = parts.size() - 1;
        if (last < 0) {
            return Name.of("?");
        }
        return new Name(last == 0 ? null : parts.get(last - 1), parts.get(last));
    }

    static Name name(JsonNode node, String field) {
        return name(strings(list(node, field)));
    }

    /** The name in a RangeVar's fields. */
    static Name relation(JsonNode rangeVar) {
        String schema = text(rangeVar, "schemaname");
        return new Name(schema.isEmpty() ? null : schema, text(rangeVar, "relname"));
    }

    /** The text of a constant, through casts; null where it is no constant text or number. */
    static @Nullable String constant(@Nullable JsonNode node) {
        if (node == null || !tagged(node)) {
            return null;
        }
        JsonNode body = body(node);
        return switch (type(node)) {
            case "A_Const" -> constantText(body);
            case "TypeCast" -> constant(child(body, "arg"));
            case "String" -> text(body, "sval");
            case "Integer" -> Integer.toString(number(body, "ival"));
            case "Float" -> text(body, "fval");
            case "Boolean" -> Boolean.toString(flag(body, "boolval"));
            default -> null;
        };
    }

    private static @Nullable String constantText(JsonNode constant) {
        JsonNode string = child(constant, "sval");
        if (string != null) {
            return text(string, "sval");
        }
        JsonNode integer = child(constant, "ival");
        if (integer != null) {
            return Integer.toString(number(integer, "ival"));
        }
        JsonNode real = child(constant, "fval");
        if (real != null) {
            return text(real, "fval");
        }
        JsonNode truth = child(constant, "boolval");
        return truth == null ? null : Boolean.toString(flag(truth, "boolval"));
    }
}
