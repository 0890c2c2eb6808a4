package dev.sallyport.sql.postgres.catalogue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * PostgreSQL's own form of a parsed query, {@code pg_node_tree}, as text: {@code {TYPE :field value …}}, {@code (a b)},
 * {@code <>} for nothing, and tokens between white space in which a backslash protects the character behind it
 * (PostgreSQL's source, src/backend/nodes/read.c and outfuncs.c). A name that begins with a colon is not protected there,
 * so a field without a value, or twice in one node, makes the text unreadable rather than read wrongly.
 */
sealed interface NodeTree {
    /** A struct with its fields. */
    record Node(String type, Map<String, NodeTree> fields) implements NodeTree {
        boolean is(String name) {
            return type.equals(name);
        }

        /** @throws IllegalArgumentException where there is no such field */
        NodeTree field(String field) {
            NodeTree value = fields.get(field);
            if (value == null) {
                throw new IllegalArgumentException(type + " without " + field);
            }
            return value;
        }

        /** The node in a field. */
        Optional<Node> node(String field) {
            return fields.get(field) instanceof Node node ? Optional.of(node) : Optional.empty();
        }

        /** The items of a list in a field; none where it is no list. */
        List<NodeTree> list(String field) {
            return fields.get(field) instanceof Items(List<NodeTree> items) ? items : List.of();
        }

        /** The text in a field, empty where there is none. */
        String text(String field) {
            return fields.get(field) instanceof Text(String text) ? text : "";
        }

        /** @throws IllegalArgumentException where the field holds no number */
        int number(String field) {
            return Integer.parseInt(text(field));
        }

        /** An OID as the same 32 bits. */
        int oid(String field) {
            return Integer.parseUnsignedInt(text(field));
        }

        boolean isTrue(String field) {
            return text(field).equals("true");
        }

        /** Whether the field holds nothing at all. */
        boolean lacks(String field) {
            return text(field).equals(NOTHING);
        }
    }

    record Items(List<NodeTree> items) implements NodeTree {}

    record Text(String text) implements NodeTree {}

    /** How nothing is written. */
    String NOTHING = "<>";

    /**
     * Reads one value.
     *
     * @throws IllegalArgumentException where the text is not of this form
     */
    static NodeTree read(String text) {
        Reader reader = new Reader(text);
        NodeTree tree = reader.value(reader.token(), 0);
        if (!reader.token().isEmpty()) {
            throw new IllegalArgumentException("text behind the tree");
        }
        return tree;
    }

    /** Cuts the text into tokens and puts them together. */
    final class Reader {
        private static final int MAX_DEPTH = 1000;
        private static final String BRACKETS = "(){}";

        private final String text;
        private int at;

        private Reader(String text) {
            this.text = text;
        }

        /** The next token as it stands, or the empty text at the end. */
        private String token() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            int from = at;
            while (at < text.length()) {
                char c = text.charAt(at);
                boolean bracket = BRACKETS.indexOf(c) >= 0;
                if (Character.isWhitespace(c) || (bracket && at > from)) {
                    break;
                }
                at += c == '\\' ? 2 : 1;
                if (bracket) {
                    break;
                }
            }
            at = Math.min(at, text.length());
            return text.substring(from, at);
        }

        private NodeTree value(String first, int depth) {
            if (depth > MAX_DEPTH) {
                throw new IllegalArgumentException("a tree deeper than " + MAX_DEPTH);
            }
            return switch (first) {
                case "", ")", "}" -> throw new IllegalArgumentException("a value is missing");
                case "(" -> items(depth);
                case "{" -> node(depth);
                default -> new Text(first.replaceAll("\\\\(.)", "$1"));
            };
        }

        private Items items(int depth) {
            List<NodeTree> items = new ArrayList<>();
            for (String next = token(); !next.equals(")"); next = token()) {
                items.add(value(next, depth + 1));
            }
            return new Items(items);
        }

        private Node node(int depth) {
            String type = token();
            Map<String, NodeTree> fields = new HashMap<>();
            String next = token();
            while (!next.equals("}")) {
                if (!next.startsWith(":")) {
                    throw new IllegalArgumentException("a field of " + type + " without its name");
                }
                String field = next.substring(1);
                List<NodeTree> values = new ArrayList<>();
                for (next = token(); !next.startsWith(":") && !next.equals("}"); next = token()) {
                    values.add(value(next, depth + 1));
                }
                if (values.isEmpty()) {
                    throw new IllegalArgumentException("field " + field + " of " + type + " without a value");
                }
                // The bytes of a constant are the one field of several values.
                NodeTree value = values.size() == 1 ? values.getFirst() : new Items(values);
                if (fields.put(field, value) != null) {
                    throw new IllegalArgumentException("field " + field + " of " + type + " twice");
                }
            }
            return new Node(type, fields);
        }
    }
}
