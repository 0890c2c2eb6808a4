package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.sql.postgres.catalogue.Cast;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the functions, operators and casts that a statement runs. */
final class CallJudge {
    private static final String SYSTEM_SCHEMA = "pg_catalog";
    /** Runs its second argument as a query if it has two, and is pure if it has three. */
    private static final String REWRITE = "pg_catalog.ts_rewrite";

    private final Findings findings;
    private final Names names;
    private final Catalogue catalogue;

    CallJudge(Findings findings, Names names, Catalogue catalogue) {
        this.findings = findings;
        this.names = names;
        this.catalogue = catalogue;
    }

    /**
     * Code that is not known, and so may bring anything along.
     *
     * @param calls calls of functions
     * @param any whether there are operators or casts that may stand anywhere in the statement
     */
    record Strangers(Set<Claims.Call> calls, boolean any) {}

    Strangers judge(Claims claims, List<List<Names.Meaning>> relations) {
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
        for (Name type : claims.types) {
            catalogue.domainFunctions(type.name()).forEach(f -> userFunction(f, "checks values of " + type.name()));
        }
        for (String field : claims.fields) {
            if (catalogue.isRowFunction(field)) {
                catalogue.functionSchemas(field).forEach(s -> userFunction(s + "." + field, "called as a column"));
            }
        }
        boolean anyStrange = !strange.isEmpty() || findings.unknowns > before;
        TypesAtHand types = new TypesAtHand(claims, relations, names, catalogue);
        for (Cast cast : catalogue.casts()) {
            boolean written = claims.types.stream().anyMatch(type -> type.name().equals(cast.target()));
            boolean unasked = cast.implicit() && !claims.relations.isEmpty() && (anyStrange || types.mayNeed(cast));
            if (written || unasked) {
                findings.unknown("other", "cast", cast.source() + " to " + cast.target() + " runs a function");
            }
        }
        return new Strangers(strange, findings.unknowns > before);
    }

    private void call(Claims.Call call) {
        Name name = call.name();
        if (names.isFunctionDisturbed(name.name())) {
            userFunction(name.in("?"), "made or changed in this session");
            return;
        }
        String schema = name.schema();
        if (schema != null && !schema.equals(SYSTEM_SCHEMA)) {
            Optional<BuiltinFunctions.Kind> kind = BuiltinFunctions.kind(schema + "." + name.name());
            if (kind.isPresent() && catalogue.functionSchemas(name.name()).isEmpty()) {
                builtin(kind.get(), schema + "." + name.name(), call.literals());
            } else {
                userFunction(schema + "." + name.name(), "a function that is not PostgreSQL's own");
            }
            return;
        }
        Optional<BuiltinFunctions.Kind> kind = BuiltinFunctions.kind(name.name());
        boolean shadowed =
                schema == null ? shadowed(name.name(), kind.isPresent()) : isUserMade(SYSTEM_SCHEMA, name.name());
        if (kind.isPresent() && !shadowed) {
            builtin(kind.get(), SYSTEM_SCHEMA + "." + name.name(), call.literals());
        } else if (!shadowed) {
            userFunction(name.in("?"), "no function of this name is known");
        }
    }

    private boolean isUserMade(String schema, String name) {
        boolean made = catalogue.functionSchemas(name).contains(schema);
        if (made) {
            userFunction(schema + "." + name, "a function that is not PostgreSQL's own");
        }
        return made;
    }

    /** Whether somebody's own function of this name can be reached, even beside PostgreSQL's: arguments choose. */
    private boolean shadowed(String name, boolean isBuiltin) {
        Set<String> schemas = isBuiltin ? catalogue.shadowingSchemas(name) : catalogue.functionSchemas(name);
        if (catalogue.isEmpty() || (!schemas.isEmpty() && !names.isSearchPathKnown())) {
            userFunction("?." + name, "it may be a function that is not PostgreSQL's own");
            return true;
        }
        boolean shadowed = false;
        for (String schema : schemas) {
            if (names.path().contains(schema) || schema.equals(SYSTEM_SCHEMA)) {
                userFunction(schema + "." + name, "a function that is not PostgreSQL's own");
                shadowed = true;
            }
        }
        return shadowed;
    }

    private void userFunction(String qualified, String why) {
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
                findings.unknown(
                        "operator", schema + "." + operator.name(), "an operator that is not PostgreSQL's own");
            }
            return;
        }
        for (String owner : catalogue.operatorSchemas(operator.name())) {
            if (!names.isSearchPathKnown() || names.path().contains(owner)) {
                findings.unknown("operator", owner + "." + operator.name(), "an operator that is not PostgreSQL's own");
            }
        }
    }
}
