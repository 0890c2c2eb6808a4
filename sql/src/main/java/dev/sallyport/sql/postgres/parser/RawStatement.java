package dev.sallyport.sql.postgres.parser;

import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * One statement of a text, as PostgreSQL's raw parser sees it, before any name is resolved.
 *
 * @param node the object inside {@code stmt}: one member, named after the node type of {@code parsenodes.h}, such as
 *     {@code {"SelectStmt": {…}}}. Members whose value is the type's default (0, false, NULL, an empty list) are left
 *     out. Locations inside the tree are offsets in UTF-8 bytes. Shared between readers; treat it as immutable.
 * @param start where the statement begins, in chars of the text
 * @param length how many chars it has, without the semicolon
 */
public record RawStatement(JsonNode node, int start, int length) {

    public RawStatement {
        Objects.requireNonNull(node, "node");
        if (!node.isObject() || node.size() != 1) {
            throw new IllegalArgumentException("node: not an object with one member");
        }
        if (start < 0 || length < 0) {
            throw new IllegalArgumentException("start: %d, length: %d (expected: >= 0)".formatted(start, length));
        }
    }

    /** The node type's name, such as {@code SelectStmt}. */
    public String type() {
        return node.propertyNames().iterator().next();
    }

    /** What is inside the node: the members of {@link #type()}. */
    public JsonNode body() {
        return node.properties().iterator().next().getValue();
    }
}
