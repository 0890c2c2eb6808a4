package dev.sallyport.sql.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Tells operators that compare two values as they are from those that make something of them. */
final class Comparing {
    private static final Set<String> OPERATORS = Set.of("=", "<>", "!=", "<", ">", "<=", ">=");

    private Comparing() {}

    static Mixture.Way way(JsonNode operation) {
        List<String> name = Nodes.strings(Nodes.list(operation, "name"));
        boolean known = OPERATORS.contains(name.isEmpty() ? "" : name.getLast());
        boolean compares = switch (Nodes.text(operation, "kind")) {
            case "AEXPR_OP", "AEXPR_IN", "AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT", "AEXPR_NULLIF" -> known;
            case "AEXPR_OP_ANY", "AEXPR_OP_ALL" -> known && isWrittenArray(Nodes.child(operation, "rexpr"));
            default -> Nodes.text(operation, "kind").contains("BETWEEN");
        };
        return compares ? Mixture.Way.COMPARED : Mixture.Way.MADE;
    }

    /** An array that is one value holds several in a form of its own. */
    private static boolean isWrittenArray(@Nullable JsonNode operand) {
        return operand != null && Nodes.as(operand, "A_ArrayExpr") != null;
    }

    /**
     * The fields of rows that the operation compares with each other, the left side's first, all of one length; empty where
     * it compares something else. {@code (a, b) IN ((1, 2), (3, 4))} compares three.
     */
    static List<List<JsonNode>> rows(JsonNode operation) {
        JsonNode left = Nodes.child(operation, "lexpr");
        JsonNode right = Nodes.child(operation, "rexpr");
        if (left == null || right == null || way(operation) != Mixture.Way.COMPARED) {
            return List.of();
        }
        List<List<JsonNode>> rows = new ArrayList<>();
        List<JsonNode> sides = new ArrayList<>(List.of(left));
        sides.addAll(Nodes.items(right));
        for (JsonNode side : sides) {
            JsonNode row = Nodes.as(side, "RowExpr");
            List<JsonNode> fields = row == null ? List.of() : fields(row);
            if (fields.isEmpty()) {
                return List.of();
            }
            rows.add(fields);
        }
        int length = rows.getFirst().size();
        return rows.stream().allMatch(row -> row.size() == length) ? rows : List.of();
    }

    /** A row's fields; empty where one of them may be several. */
    static List<JsonNode> fields(JsonNode row) {
        List<JsonNode> fields = Nodes.list(row, "args");
        return fields.stream().anyMatch(ExpressionReader::expandsRow) ? List.of() : fields;
    }
}
