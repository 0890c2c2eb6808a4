package dev.sallyport.sql.postgres;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tells expressions that carry a value along from those that test it or compute with it. What is carried can be masked in
 * the answer. A test decides what else happens: which branch is taken, and whether the statement fails, which shows even
 * where its value is masked ({@code 1 / (ascii(ssn) - 65)}). So the columns below one decide, as in a WHERE.
 *
 * <p>Carrying is only what can neither fail nor turn to NULL by what the value is (a NULL stays one behind a mask), by PostgreSQL 18's documentation, chapter 9, and sources; what
 * is not listed tests.
 */
final class Carrying {
    private static final Set<String> NODES = Set.of(
            "A_ArrayExpr",
            "A_Const",
            "A_Indices",
            "A_Star",
            "CaseWhen",
            "CollateClause",
            "List",
            "MinMaxExpr",
            "NamedArgExpr",
            "ParamRef",
            "ResTarget",
            "RowExpr",
            "SQLValueFunction",
            "SetToDefault",
            "SortBy",
            "String");

    /** Not {@code ->} and its kin: they are NULL where there is no such key, so {@code '{"x": 1}' -> ssn} compares. */
    private static final Set<String> OPERATORS = Set.of("||");

    private static final Set<String> TYPES = Set.of("text", "varchar", "bpchar", "name");

    private static final Set<String> UNCUT = Set.of("text", "varchar");

    private static final Set<String> FUNCTIONS = Set.of(
            "any_value",
            "array_agg",
            "array_to_json",
            "array_to_string",
            "ascii",
            "avg",
            "bit_length",
            "btrim",
            "cardinality",
            "ceil",
            "ceiling",
            "char_length",
            "character_length",
            "concat",
            "concat_ws",
            "count",
            "first_value",
            "floor",
            "initcap",
            "json_agg",
            "json_build_array",
            "json_build_object",
            "json_object_agg",
            "jsonb_agg",
            "jsonb_build_array",
            "jsonb_build_object",
            "jsonb_object_agg",
            "last_value",
            "left",
            "length",
            "lower",
            "ltrim",
            "max",
            "md5",
            "min",
            "octet_length",
            "pg_column_size",
            "pg_typeof",
            "quote_ident",
            "quote_literal",
            "quote_nullable",
            "replace",
            "reverse",
            "right",
            "row_to_json",
            "rtrim",
            "string_agg",
            "sum",
            "to_json",
            "to_jsonb",
            "translate",
            "upper");

    /** These fail for some numbers, and so carry only where the numbers are written out. */
    private static final Set<String> BY_NUMBER = Set.of("round", "substr", "substring", "trunc");

    /** These fail for some field names, and so carry only where the name is written out. */
    private static final Set<String> BY_FIELD = Set.of("date_part", "date_trunc", "extract");

    /** What {@code encode} writes whatever the bytes are. */
    private static final Set<String> ENCODINGS = Set.of("base64", "escape", "hex");

    /** By their second argument these fail, or are NULL, and so carry only where that is written out. */
    private static final Set<String> BY_LITERAL = Set.of("lag", "lead", "to_char");

    private Carrying() {}

    static boolean node(String type) {
        return NODES.contains(type);
    }

    /** Whether an operator of this name is taken to carry its operands along. */
    static boolean isOperator(String name) {
        return OPERATORS.contains(name);
    }

    /** Whether a cast to this type is taken to carry its value along. */
    static boolean isText(String type) {
        return TYPES.contains(type);
    }

    static boolean operation(JsonNode operation) {
        List<String> name = Nodes.strings(Nodes.list(operation, "name"));
        return Nodes.text(operation, "kind").equals("AEXPR_OP")
                && name.size() == 1
                && OPERATORS.contains(name.getFirst());
    }

    static boolean call(Claims.Call call) {
        Name name = call.name();
        if (name.schema() != null && !name.schema().equals("pg_catalog")) {
            return false;
        }
        List<@Nullable String> literals = call.literals();
        return FUNCTIONS.contains(name.name())
                || (BY_NUMBER.contains(name.name()) && literals.stream().skip(1).allMatch(Carrying::isPositive))
                || (name.name().equals("split_part") && literals.size() == 3 && isPositive(literals.getLast()))
                || (name.name().equals("encode") && literals.size() == 2 && isEncoding(literals.getLast()))
                || (BY_LITERAL.contains(name.name())
                        && literals.stream().skip(1).allMatch(Objects::nonNull))
                || (BY_FIELD.contains(name.name()) && !literals.isEmpty() && literals.getFirst() != null);
    }

    /** {@code substring(ssn, '5')} looks for a pattern, and is NULL where it finds none. */
    static boolean cutsByPattern(Name name, List<JsonNode> arguments) {
        return name.name().equals("substring")
                && arguments.stream().skip(1).anyMatch(argument -> {
                    JsonNode constant = Nodes.as(argument, "A_Const");
                    return constant == null || !constant.has("ival");
                });
    }

    private static boolean isPositive(@Nullable String literal) {
        return literal != null && literal.matches("[1-9][0-9]{0,8}");
    }

    private static boolean isEncoding(@Nullable String literal) {
        return literal != null && ENCODINGS.contains(literal);
    }

    /** A constant is cast when the statement is read, whatever the rows hold. */
    static boolean cast(JsonNode cast) {
        JsonNode type = Nodes.child(cast, "typeName");
        return Nodes.constant(Nodes.child(cast, "arg")) != null
                || (type != null
                        && Nodes.list(type, "arrayBounds").isEmpty()
                        && TYPES.contains(Nodes.name(type, "names").name()));
    }

    /** Whether the cast leaves a text as it is; one that may cut it ({@code varchar(3)}, {@code name}) does not. */
    static boolean keepsText(JsonNode cast) {
        JsonNode type = Nodes.child(cast, "typeName");
        if (type == null
                || !Nodes.list(type, "arrayBounds").isEmpty()
                || !Nodes.list(type, "typmods").isEmpty()) {
            return false;
        }
        Name name = Nodes.name(type, "names");
        return UNCUT.contains(name.name())
                && (name.schema() == null || name.schema().equals("pg_catalog"));
    }

    /** COALESCE looks at its arguments one by one; only what cannot fail may wait behind the first. */
    static boolean coalesce(JsonNode coalesce) {
        List<JsonNode> arguments = Nodes.list(coalesce, "args");
        return arguments.stream()
                .skip(1)
                .allMatch(argument -> Nodes.constant(argument) != null
                        || Nodes.as(argument, "A_Const") != null
                        || Nodes.as(argument, "ColumnRef") != null
                        || Nodes.as(argument, "ParamRef") != null);
    }
}
