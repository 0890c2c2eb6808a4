package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.sql.postgres.catalogue.Cast;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the functions, operators and casts that a statement runs. */
final class CallJudge {
    private static final String SYSTEM_SCHEMA = "pg_catalog";
    /** Runs its second argument as a query if it has two, and is pure if it has three. */
    private static final String REWRITE = "pg_catalog.ts_rewrite";

    private static final String NOT_ITS_OWN = "a function that is not PostgreSQL's own";

    private final Findings findings;
    private final Names names;
    private final FunctionJudge functions;
    private final Catalogue catalogue;
    private final boolean inBody;
    private final Map<Claims.Call, Set<BaseColumn>> results = new HashMap<>();
    private final Set<BaseColumn> anywhere = new HashSet<>();
    /** Whether functions or operators are called that may want their arguments to be of somebody's own types. */
    private boolean callsUserFunction;

    /**
     * For one statement.
     *
     * @param inBody whether it stands in a function
     */
    CallJudge(Findings findings, Names names, FunctionJudge functions, Catalogue catalogue, boolean inBody) {
        this.findings = findings;
        this.names = names;
        this.functions = functions;
        this.catalogue = catalogue;
        this.inBody = inBody;
    }

    /**
     * What a statement's code may bring along beside its arguments.
     *
     * @param strange calls of which nothing is known
     * @param results what the results of calls derive from, where the functions' bodies are known
     * @param anywhere the same of operators and casts, which may stand anywhere in the statement
     * @param isAnyStrange whether there are operators or casts of which nothing is known
     */
    record Code(
            Set<Claims.Call> strange,
            Map<Claims.Call, Set<BaseColumn>> results,
            Set<BaseColumn> anywhere,
            boolean isAnyStrange) {
        /** Whether anything may come along anywhere. */
        boolean isAnywhere() {
            return isAnyStrange || !anywhere.isEmpty();
        }
    }

    Code judge(Claims claims, List<List<Names.Meaning>> relations) {
        Set<Claims.Call> strange = new HashSet<>();
        for (Claims.Call call : claims.calls) {
            int before = findings.unknowns;
            call(call);
            if (findings.unknowns > before) {
                strange.add(call);
            }
        }
        int before = findings.unknowns;
        claims.operators.forEach(this::operator);
        claims.types.forEach(type -> domain(type.name()));
        for (String field : claims.fields) {
            if (catalogue.isRowFunction(field)) {
                catalogue.functionSchemas(field).forEach(s -> unknownFunction(s + "." + field, "called as a column"));
            }
        }
        boolean anyStrange = !strange.isEmpty() || findings.unknowns > before;
        TypesAtHand types = new TypesAtHand(claims, relations, names, catalogue);
        for (Cast cast : catalogue.casts()) {
            boolean anywhereAtAll = inBody || callsUserFunction;
            boolean unasked = cast.implicit()
                    && (anywhereAtAll || (!claims.relations.isEmpty() && (anyStrange || types.mayNeed(cast))));
            cast(cast, claims, unasked);
        }
        return new Code(strange, results, anywhere, findings.unknowns > before);
    }

    private void domain(String type) {
        for (String function : catalogue.domainFunctions(type)) {
            functions.beside(function, findings, "checks values of " + type, ColumnUse.Role.PREDICATE);
        }
    }

    /** What may run unasked is not followed, as it may stand where nothing is expected to fail. */
    private void cast(Cast cast, Claims claims, boolean unasked) {
        boolean written = claims.types.stream().anyMatch(type -> type.name().equals(cast.target()));
        String why = cast.source() + " to " + cast.target() + " runs a function";
        if (unasked || (written && Carrying.isText(cast.target()))) {
            findings.unknown("other", "cast", why);
        } else if (written && !runsAnywhere(Set.of(cast.function()))) {
            findings.unknown("other", "cast", why);
        }
    }

    /** Judges functions that run somewhere in the statement; whether all of them are known. */
    private boolean runsAnywhere(Set<String> called) {
        for (String function : called) {
            if (catalogue.functions(function).isEmpty()) {
                return false;
            }
            functions.call(function, findings, "an operator or cast runs it").ifPresent(result -> {
                FunctionJudge.use(
                        result, findings, ColumnUse.Role.OUTPUT, ColumnUse.Role.PREDICATE, ColumnUse.Role.STORED);
                anywhere.addAll(result);
            });
        }
        return true;
    }

    private void call(Claims.Call call) {
        Telling.of(call).ifPresent(base -> findings.tables.add(base.table()));
        Name name = call.name();
        // Of one argument it may be a cast to a type of this name.
        domain(name.name());
        if (names.isFunctionDisturbed(name.name())) {
            unknownFunction(name.in("?"), "made or changed in this session");
            return;
        }
        String schema = name.schema();
        if (schema != null && !schema.equals(SYSTEM_SCHEMA)) {
            Optional<BuiltinFunctions.Kind> kind = BuiltinFunctions.kind(schema + "." + name.name());
            if (kind.isPresent() && catalogue.functionSchemas(name.name()).isEmpty()) {
                builtin(kind.get(), schema + "." + name.name(), call.literals());
            } else {
                userFunction(schema, call);
            }
            return;
        }
        Optional<BuiltinFunctions.Kind> kind = BuiltinFunctions.kind(name.name());
        if (schema != null) {
            if (catalogue.functionSchemas(name.name()).contains(SYSTEM_SCHEMA)) {
                unknownFunction(name.in(SYSTEM_SCHEMA), NOT_ITS_OWN);
            } else if (kind.isPresent()) {
                builtin(kind.get(), name.in(SYSTEM_SCHEMA), call.literals());
            } else {
                unknownFunction(name.in("?"), "no function of this name is known");
            }
        } else if (kind.isPresent()) {
            if (!shadowed(name.name())) {
                builtin(kind.get(), name.in(SYSTEM_SCHEMA), call.literals());
            }
        } else {
            userFunction(call);
        }
    }

    /** Whether somebody's own function of a built-in one's name can be reached beside it: arguments choose. */
    private boolean shadowed(String name) {
        Set<String> schemas = catalogue.shadowingSchemas(name);
        if (isOutOfSight(schemas)) {
            unknownFunction("?." + name, "it may be a function that is not PostgreSQL's own");
            return true;
        }
        List<String> reached = reached(schemas);
        reached.forEach(schema -> unknownFunction(schema + "." + name, NOT_ITS_OWN));
        return !reached.isEmpty();
    }

    private boolean isOutOfSight(Set<String> schemas) {
        return catalogue.isEmpty() || (!schemas.isEmpty() && !names.isSearchPathKnown());
    }

    private List<String> reached(Set<String> schemas) {
        return schemas.stream()
                .filter(schema -> names.path().contains(schema) || schema.equals(SYSTEM_SCHEMA))
                .toList();
    }

    private void userFunction(Claims.Call call) {
        String name = call.name().name();
        Set<String> schemas = catalogue.functionSchemas(name);
        if (isOutOfSight(schemas)) {
            unknownFunction("?." + name, "it may be a function that is not PostgreSQL's own");
            return;
        }
        List<String> reached = reached(schemas);
        if (reached.isEmpty()) {
            unknownFunction("?." + name, "no function of this name is known");
        }
        reached.forEach(schema -> userFunction(schema, call));
    }

    private void userFunction(String schema, Claims.Call call) {
        callsUserFunction = true;
        functions
                .call(schema + "." + call.name().name(), findings, NOT_ITS_OWN)
                .ifPresent(answer ->
                        results.computeIfAbsent(call, key -> new HashSet<>()).addAll(answer));
    }

    private void unknownFunction(String qualified, String why) {
        findings.unknown("function", qualified, why);
    }

    private void builtin(BuiltinFunctions.Kind kind, String qualified, List<@Nullable String> literals) {
        switch (kind) {
            case PURE -> findings.effect(Action.CALL, "pure-function", qualified);
            case INFORMATION, SLEEP -> findings.effect(Action.CALL, "function", qualified);
            case SETTING -> setting(qualified, literals);
            case SEQUENCE -> sequence(qualified, literals);
            case NOTIFY -> findings.effect(Action.PUBLISH, "channel", first(literals));
            case RELEASE -> findings.effect(Action.SESSION, "function", qualified);
            case FILE, ADMIN -> findings.effect(Action.ADMIN, "function", qualified);
            case DYNAMIC -> dynamic(qualified, literals.size());
            case INTERNAL -> findings.unknown("function", qualified, "it is for PostgreSQL's own use");
        }
    }

    private void dynamic(String qualified, int arguments) {
        if (qualified.equals(REWRITE) && arguments == 3) {
            findings.effect(Action.CALL, "pure-function", qualified);
        } else {
            findings.unknown("function", qualified, "it runs what its argument says");
        }
    }

    private static String first(List<@Nullable String> literals) {
        String first = literals.isEmpty() ? null : literals.getFirst();
        return first == null ? "?" : first;
    }

    private void setting(String qualified, List<@Nullable String> literals) {
        String name = first(literals).toLowerCase(Locale.ROOT);
        if (qualified.endsWith(".current_setting")) {
            findings.effect(Action.READ, "setting", name);
        } else if (name.equals("?")) {
            findings.unknown("setting", "?", "which setting is changed is known only when it runs");
        } else {
            List<@Nullable String> value = Collections.singletonList(literals.size() > 1 ? literals.get(1) : null);
            findings.effects.add(Settings.change(name, value));
            findings.movesSearchPath |= Settings.movesSearchPath(name);
        }
    }

    private void sequence(String qualified, List<@Nullable String> literals) {
        boolean moves = qualified.endsWith(".nextval") || qualified.endsWith(".setval");
        findings.effect(moves ? Action.UPDATE : Action.READ, "sequence", sequenceName(first(literals)));
    }

    private String sequenceName(String written) {
        Name name = parse(written);
        if (name.schema() != null) {
            return name.in("?");
        }
        for (String schema : names.path()) {
            Optional<Relation> sequence = catalogue.relation(schema, name.name());
            if (sequence.isPresent()) {
                return sequence.get().qualifiedName();
            }
        }
        return "?." + name.name();
    }

    /** A name in a text, as regclass reads it: parts with or without double quotes, the latter in lower case. */
    static Name parse(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    part.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == '.' && !quoted) {
                parts.add(part.toString());
                part.setLength(0);
            } else if (quoted) {
                part.append(c);
            } else if (!Character.isWhitespace(c)) {
                part.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
            }
        }
        parts.add(part.toString());
        return Nodes.name(parts);
    }

    private void operator(Name operator) {
        String schema = operator.schema();
        if (schema != null) {
            if (!schema.equals(SYSTEM_SCHEMA)) {
                operator(schema, operator.name());
            }
            return;
        }
        for (String owner : catalogue.operatorSchemas(operator.name())) {
            if (!names.isSearchPathKnown() || names.path().contains(owner)) {
                operator(owner, operator.name());
            }
        }
    }

    /** Operators that are expected only to carry values along are not followed, as somebody's own may do more. */
    private void operator(String schema, String name) {
        callsUserFunction = true;
        String qualified = schema + "." + name;
        Set<String> called = catalogue.operatorFunctions(qualified);
        if (called.isEmpty() || Carrying.isOperator(name) || !runsAnywhere(called)) {
            findings.unknown("operator", qualified, "an operator that is not PostgreSQL's own");
        }
    }
}
