package dev.sallyport.sql.postgres;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code column = value}, where the value is one constant or parameter, with a cast or without. One such condition tells of
 * a row only whether the column holds that very value; a list, a range, a pattern, another column or a function would tell
 * more.
 */
final class LoneEquality {
    private LoneEquality() {}

    /** The reference to the column, or null where the condition is anything else. */
    static @Nullable JsonNode column(JsonNode condition) {
        JsonNode operation = Nodes.as(condition, "A_Expr");
        JsonNode left = operation == null ? null : Nodes.child(operation, "lexpr");
        JsonNode right = operation == null ? null : Nodes.child(operation, "rexpr");
        if (operation == null || left == null || right == null || !isEqual(operation)) {
            return null;
        }
        if (isColumn(left)) {
            return isValue(right) ? left : null;
        }
        return isColumn(right) && isValue(left) ? right : null;
    }

    private static boolean isEqual(JsonNode operation) {
        List<String> name = Nodes.strings(Nodes.list(operation, "name"));
        return Nodes.text(operation, "kind").equals("AEXPR_OP")
                && (name.equals(List.of("=")) || name.equals(List.of("pg_catalog", "=")));
    }

    private static boolean isColumn(JsonNode node) {
        JsonNode reference = Nodes.as(node, "ColumnRef");
        return reference != null
                && Nodes.list(reference, "fields").stream().allMatch(field -> Nodes.as(field, "String") != null);
    }

    /** A NULL is none: nothing equals it, unless a setting has the comparison mean something else. */
    private static boolean isValue(JsonNode node) {
        JsonNode constant = Nodes.as(node, "A_Const");
        JsonNode cast = Nodes.as(node, "TypeCast");
        JsonNode inner = cast == null ? null : Nodes.child(cast, "arg");
        return constant != null
                ? !Nodes.flag(constant, "isnull")
                : inner != null ? isValue(inner) : Nodes.as(node, "ParamRef") != null;
    }
}
