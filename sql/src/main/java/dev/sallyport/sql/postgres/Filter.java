package dev.sallyport.sql.postgres;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whether a condition can spare rows of a statement's target. What is true of every row ({@code true}, {@code 1=1},
 * {@code id=id}, {@code x OR true}) cannot, and neither can what says nothing of the target's columns: with it, either
 * all rows are touched or none.
 */
final class Filter {
    private final String target;

    /** For conditions on the rows of the target of this name or alias. */
    Filter(String target) {
        this.target = target;
    }

    boolean restricts(@Nullable JsonNode condition) {
        return condition != null && !alwaysTrue(condition);
    }

    private boolean alwaysTrue(JsonNode node) {
        JsonNode logic = Nodes.as(node, "BoolExpr");
        if (logic != null) {
            var parts = Nodes.list(logic, "args");
            return switch (Nodes.text(logic, "boolop")) {
                case "AND_EXPR" -> parts.stream().allMatch(this::alwaysTrue);
                case "OR_EXPR" -> parts.stream().anyMatch(this::alwaysTrue) || exhaustive(parts);
                default ->
                    parts.stream().noneMatch(this::varies) || parts.stream().anyMatch(this::neverTrue);
            };
        }
        return !varies(node) || sameOnBothSides(node) || testsTheKnown(node);
    }

    /** {@code id <> id}, {@code id IS DISTINCT FROM id} and {@code NOT id = id}. */
    private boolean neverTrue(JsonNode node) {
        JsonNode logic = Nodes.as(node, "BoolExpr");
        if (logic != null && Nodes.text(logic, "boolop").equals("NOT_EXPR")) {
            return Nodes.list(logic, "args").stream().allMatch(this::alwaysTrue);
        }
        JsonNode operation = Nodes.as(node, "A_Expr");
        if (operation == null) {
            return false;
        }
        String operator = Nodes.name(operation, "name").name();
        boolean unequal = operator.equals("<>") || operator.equals("<") || operator.equals(">");
        return (unequal || Nodes.text(operation, "kind").equals("AEXPR_DISTINCT")) && sameOperands(operation);
    }

    /** {@code (id = id) IS TRUE}, {@code coalesce(id = id, true)}, {@code (id IS NULL) IS NOT NULL} and their kin. */
    private boolean testsTheKnown(JsonNode node) {
        JsonNode body = Nodes.body(node);
        JsonNode tested = Nodes.child(body, "arg");
        return switch (Nodes.type(node)) {
            case "CoalesceExpr" -> Nodes.list(body, "args").stream().allMatch(this::alwaysTrue);
            case "NullTest" ->
                tested != null && Nodes.text(body, "nulltesttype").equals("IS_NOT_NULL") && isKnown(tested);
            case "BooleanTest" ->
                tested != null
                        && switch (Nodes.text(body, "booltesttype")) {
                            case "IS_TRUE", "IS_NOT_FALSE" -> alwaysTrue(tested);
                            case "IS_FALSE", "IS_NOT_TRUE" -> neverTrue(tested);
                            case "IS_NOT_UNKNOWN" -> isKnown(tested);
                            default -> false;
                        };
            default -> false;
        };
    }

    /** Whether a condition is either true or false, and never NULL. */
    private boolean isKnown(JsonNode node) {
        JsonNode operation = Nodes.as(node, "A_Expr");
        return Nodes.as(node, "NullTest") != null
                || Nodes.as(node, "BooleanTest") != null
                || (operation != null && Nodes.text(operation, "kind").contains("DISTINCT"))
                || alwaysTrue(node)
                || neverTrue(node);
    }

    /** {@code x IS NULL OR x IS NOT NULL}, {@code x = 1 OR x <> 1} and other pairs of a test and its opposite. */
    private static boolean exhaustive(List<JsonNode> parts) {
        Set<String> tests = new HashSet<>();
        parts.forEach(part -> tests.add(Shape.of(part)));
        for (JsonNode part : parts) {
            String opposite = opposite(part);
            if (opposite != null && tests.contains(opposite)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String opposite(JsonNode part) {
        String shape = Shape.of(part);
        JsonNode logic = Nodes.as(part, "BoolExpr");
        if (logic != null) {
            return Nodes.text(logic, "boolop").equals("NOT_EXPR")
                    ? Shape.of(Nodes.list(logic, "args").getFirst())
                    : null;
        }
        if (Nodes.as(part, "NullTest") != null) {
            return shape.contains("\"IS_NULL\"") ? shape.replace("\"IS_NULL\"", "\"IS_NOT_NULL\"") : null;
        }
        JsonNode operation = Nodes.as(part, "A_Expr");
        if (operation == null) {
            return null;
        }
        String operator = Nodes.name(operation, "name").name();
        String other = switch (operator) {
            case "=" -> "<>";
            case "<" -> ">=";
            case "<=" -> ">";
            default -> null;
        };
        return other == null
                ? null
                : shape.replaceFirst(Pattern.quote("sval:\"" + operator + '"'), "sval:\"" + other + '"');
    }

    private static boolean sameOnBothSides(JsonNode node) {
        JsonNode operation = Nodes.as(node, "A_Expr");
        if (operation == null) {
            return false;
        }
        return switch (Nodes.text(operation, "kind")) {
            case "AEXPR_OP", "AEXPR_LIKE", "AEXPR_ILIKE" -> isReflexive(operation) && sameOperands(operation);
            case "AEXPR_NOT_DISTINCT" -> sameOperands(operation);
            case "AEXPR_IN" -> isReflexive(operation) && listed(operation);
            case "AEXPR_OP_ANY" -> isReflexive(operation) && inArray(operation);
            case "AEXPR_BETWEEN", "AEXPR_BETWEEN_SYM" -> listed(operation);
            default -> false;
        };
    }

    private static boolean isReflexive(JsonNode operation) {
        return switch (Nodes.name(operation, "name").name()) {
            case "=", "<=", ">=", "~~", "~~*" -> true;
            default -> false;
        };
    }

    private static boolean sameOperands(JsonNode operation) {
        return same(Nodes.child(operation, "lexpr"), Nodes.child(operation, "rexpr"));
    }

    private static boolean listed(JsonNode operation) {
        JsonNode list = Nodes.child(operation, "rexpr");
        return list != null && Nodes.items(list).stream().anyMatch(item -> same(Nodes.child(operation, "lexpr"), item));
    }

    private static boolean inArray(JsonNode operation) {
        JsonNode array = Nodes.child(operation, "rexpr", "A_ArrayExpr");
        return array != null
                && Nodes.list(array, "elements").stream().anyMatch(item -> same(Nodes.child(operation, "lexpr"), item));
    }

    private static boolean same(@Nullable JsonNode one, @Nullable JsonNode other) {
        return one != null && other != null && Shape.of(one).equals(Shape.of(other));
    }

    /** Whether the value can differ from one row of the target to another. */
    private boolean varies(JsonNode node) {
        return varies(node, false);
    }

    private boolean varies(JsonNode node, boolean inQuery) {
        boolean query = inQuery;
        if (Nodes.tagged(node)) {
            switch (Nodes.type(node)) {
                case "CurrentOfExpr" -> {
                    return true;
                }
                case "ColumnRef" -> {
                    return isOfTarget(Nodes.strings(Nodes.list(Nodes.body(node), "fields")), inQuery);
                }
                case "SelectStmt" -> query = true;
                default -> {}
            }
        }
        for (JsonNode child : node.values()) {
            if (child.isContainer() && varies(child, query)) {
                return true;
            }
        }
        return false;
    }

    /** Inside a query, a name without its table is taken for one of that query's own. */
    private boolean isOfTarget(List<String> column, boolean inQuery) {
        return column.size() < 2 ? !inQuery : column.get(column.size() - 2).equals(target);
    }
}
