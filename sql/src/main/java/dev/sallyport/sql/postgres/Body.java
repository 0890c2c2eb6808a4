package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Function;
import dev.sallyport.sql.postgres.parser.RawStatement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the text of a function in SQL says.
 *
 * @param statements what it runs; the last one gives its result
 * @param defaults the values of arguments that a call leaves out
 */
record Body(List<Statement> statements, Optional<Statement> defaults) {
    /** Stands for what is no body that can be understood. */
    static final Body NONE = new Body(List.of(), Optional.empty());

    Body {
        statements = List.copyOf(statements);
    }

    /** The text that {@link #read} takes the parse of in {@code defaults}, or null where there is none. */
    static @Nullable String defaultsText(Function function) {
        return function.defaults().isEmpty() ? null : "SELECT " + function.defaults();
    }

    /**
     * Reads a function's parsed definition.
     *
     * @throws RuntimeException where it is no body that can be understood
     */
    static Body read(Function function, List<RawStatement> definition, List<RawStatement> defaults) {
        Set<String> parameters = new HashSet<>(function.parameters());
        parameters.add(function.name());
        List<Statement> statements = new ArrayList<>();
        for (JsonNode node : function.bound() ? bound(definition) : nodes(definition)) {
            statements.add(StatementReader.readBody(node, parameters));
        }
        if (statements.isEmpty() || defaults.size() > 1) {
            throw new IllegalArgumentException("no body");
        }
        return new Body(
                statements,
                defaults.stream()
                        .findFirst()
                        .map(expression -> StatementReader.readBody(expression.node(), parameters)));
    }

    private static List<JsonNode> nodes(List<RawStatement> statements) {
        return statements.stream().map(RawStatement::node).toList();
    }

    /** The statements in CREATE FUNCTION … BEGIN ATOMIC … END, or the one RETURN. */
    private static List<JsonNode> bound(List<RawStatement> definition) {
        JsonNode create =
                definition.size() == 1 ? Nodes.as(definition.getFirst().node(), "CreateFunctionStmt") : null;
        JsonNode body = create == null ? null : Nodes.child(create, "sql_body");
        if (body == null) {
            throw new IllegalArgumentException("no body");
        }
        List<JsonNode> statements = new ArrayList<>();
        for (JsonNode item : Nodes.items(body)) {
            statements.addAll(Nodes.items(item));
        }
        return statements;
    }
}
