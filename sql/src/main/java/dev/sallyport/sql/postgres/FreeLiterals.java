package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.parser.RawStatement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The literals of a text whose values nothing depends on that this package reads from the tree: those that are stored,
 * shown, or compared with something that is no literal. All others may matter, whether anybody looks at them or not: an
 * argument of a function can be a file's name or a setting, a number in ORDER BY is a column, {@code 1 = 1} is no
 * filter, and below an OR {@code x = 1 OR x <> 1} is none either.
 *
 * @see Template
 */
final class FreeLiterals {
    private final Set<Integer> places = new HashSet<>();

    private FreeLiterals() {}

    /** Where they begin, in UTF-8 bytes; none of statements other than SELECT, INSERT, UPDATE and DELETE. */
    static Set<Integer> of(List<RawStatement> statements) {
        FreeLiterals free = new FreeLiterals();
        statements.forEach(statement -> free.statement(statement.node()));
        return free.places;
    }

    private void statement(JsonNode tagged) {
        JsonNode body = Nodes.body(tagged);
        switch (Nodes.type(tagged)) {
            case "SelectStmt" -> select(body);
            case "InsertStmt" -> insert(body);
            case "UpdateStmt" -> change(body, "fromClause");
            case "DeleteStmt" -> change(body, "usingClause");
            default -> {}
        }
    }

    private void select(JsonNode select) {
        with(select);
        for (String side : List.of("larg", "rarg")) {
            JsonNode query = Nodes.child(select, side);
            if (query != null) {
                select(query);
            }
        }
        Nodes.list(select, "valuesLists").forEach(row -> Nodes.items(row).forEach(this::value));
        targets(select, "targetList");
        Nodes.list(select, "fromClause").forEach(this::source);
        condition(Nodes.child(select, "whereClause"));
        condition(Nodes.child(select, "havingClause"));
        value(Nodes.child(select, "limitCount"));
        value(Nodes.child(select, "limitOffset"));
    }

    private void insert(JsonNode insert) {
        with(insert);
        JsonNode query = Nodes.child(insert, "selectStmt");
        if (query != null) {
            statement(query);
        }
        JsonNode conflict = Nodes.child(insert, "onConflictClause");
        if (conflict != null) {
            targets(conflict, "targetList");
            condition(Nodes.child(conflict, "whereClause"));
        }
    }

    private void change(JsonNode change, String sources) {
        with(change);
        targets(change, "targetList");
        Nodes.list(change, sources).forEach(this::source);
        condition(Nodes.child(change, "whereClause"));
    }

    private void with(JsonNode statement) {
        JsonNode clause = Nodes.child(statement, "withClause");
        if (clause == null) {
            return;
        }
        for (JsonNode tagged : Nodes.list(clause, "ctes")) {
            JsonNode query = Nodes.child(Nodes.body(tagged), "ctequery");
            if (query != null) {
                statement(query);
            }
        }
    }

    private void source(JsonNode item) {
        JsonNode body = Nodes.body(item);
        switch (Nodes.type(item)) {
            case "JoinExpr" -> {
                for (String side : List.of("larg", "rarg")) {
                    JsonNode joined = Nodes.child(body, side);
                    if (joined != null) {
                        source(joined);
                    }
                }
                condition(Nodes.child(body, "quals"));
            }
            case "RangeSubselect" -> subquery(body, "subquery");
            default -> {}
        }
    }

    private void subquery(JsonNode node, String field) {
        JsonNode query = Nodes.child(node, field);
        if (query != null) {
            statement(query);
        }
    }

    private void targets(JsonNode node, String field) {
        for (JsonNode tagged : Nodes.list(node, field)) {
            JsonNode target = Nodes.as(tagged, "ResTarget");
            if (target != null) {
                value(Nodes.child(target, "val"));
            }
        }
    }

    /** What is stored or shown: computed with or not, its literals say nothing of what is done to what. */
    private void value(@Nullable JsonNode node) {
        if (node == null) {
            return;
        }
        JsonNode body = Nodes.body(node);
        switch (Nodes.type(node)) {
            case "A_Const", "TypeCast" -> literal(node);
            case "SubLink" -> subquery(body, "subselect");
            case "A_Expr" -> {
                // A constant text around a masked value is taken off before the value is masked, so its length matters.
                boolean concatenates = Nodes.name(body, "name").name().equals("||");
                if (Nodes.text(body, "kind").equals("AEXPR_OP") && !concatenates) {
                    value(Nodes.child(body, "lexpr"));
                    value(Nodes.child(body, "rexpr"));
                }
            }
            default -> {}
        }
    }

    /** What has to be true of a row. */
    private void condition(@Nullable JsonNode node) {
        if (node == null) {
            return;
        }
        JsonNode body = Nodes.body(node);
        switch (Nodes.type(node)) {
            case "BoolExpr" -> {
                if (Nodes.text(body, "boolop").equals("AND_EXPR")) {
                    Nodes.list(body, "args").forEach(this::condition);
                }
            }
            case "SubLink" -> subquery(body, "subselect");
            case "A_Expr" -> comparison(Nodes.child(body, "lexpr"), Nodes.child(body, "rexpr"));
            default -> {}
        }
    }

    private void comparison(@Nullable JsonNode left, @Nullable JsonNode right) {
        if (left == null || right == null) {
            return;
        }
        // Two literals make a condition that is true or false of all rows.
        if (!isLiteral(left)) {
            Nodes.items(right).forEach(this::literal);
            subqueryOf(right);
        } else if (!isLiteral(right) && Nodes.as(right, "List") == null) {
            literal(left);
        }
    }

    private void subqueryOf(JsonNode operand) {
        JsonNode link = Nodes.as(operand, "SubLink");
        if (link != null) {
            subquery(link, "subselect");
        }
    }

    private static boolean isLiteral(JsonNode node) {
        return Nodes.constant(node) != null || Nodes.as(node, "A_Const") != null;
    }

    /** A literal with a cast or without; anything else is left alone. */
    private void literal(JsonNode node) {
        JsonNode constant = Nodes.as(node, "A_Const");
        JsonNode cast = Nodes.as(node, "TypeCast");
        if (constant != null) {
            String value = Nodes.constant(node);
            // A sign is no part of the literal, but the grammar makes it one of the number.
            boolean negative = value != null && value.startsWith("-") && Nodes.child(constant, "sval") == null;
            places.add(Nodes.number(constant, "location") + (negative ? 1 : 0));
        } else if (cast != null) {
            JsonNode inner = Nodes.child(cast, "arg");
            if (inner != null) {
                literal(inner);
            }
        }
    }
}
