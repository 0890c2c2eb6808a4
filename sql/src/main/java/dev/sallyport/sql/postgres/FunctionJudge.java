package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.ColumnUse.Role;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.ObjectRef;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Function;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges functions in SQL by their bodies: whoever calls one does what it does. Which of several functions of one name is
 * called depends on types, so all of them count. What cannot be judged whole (a body that does more than query and change
 * rows, code that is not known in it, a circle, a depth or number beyond the bounds) is a function of which nothing is
 * known.
 *
 * <p>The names in a body that is a text mean what they mean on the path of the moment in which it runs
 * (PostgreSQL 18 documentation, 36.5), unless the function sets one. Those of a bound body were resolved when it was made.
 */
final class FunctionJudge {
    private static final int MAX_DEPTH = 4;
    private static final int MAX_BODIES = 64;

    private final Bodies bodies;
    private final Catalogue catalogue;
    private final Names names;
    private final Progress progress;

    /** What one message has come to. */
    private static final class Progress {
        private final Map<Key, Optional<Result>> known = new HashMap<>();
        private final Set<String> open = new LinkedHashSet<>();
        private int judged;
    }

    private record Key(String function, Optional<List<String>> path) {}

    /**
     * What a call does.
     *
     * @param answer what its result derives from, apart from its arguments
     */
    private record Result(Findings findings, Set<BaseColumn> answer) {}

    /**
     * For one message.
     *
     * @param names what names mean where the function is called
     */
    FunctionJudge(Bodies bodies, Catalogue catalogue, Names names) {
        this(bodies, catalogue, names, new Progress());
    }

    private FunctionJudge(Bodies bodies, Catalogue catalogue, Names names, Progress progress) {
        this.bodies = bodies;
        this.catalogue = catalogue;
        this.names = names;
        this.progress = progress;
    }

    /** For the same message, where functions are called while names mean something else. */
    FunctionJudge running(Names others) {
        return new FunctionJudge(bodies, catalogue, others, progress);
    }

    /** Names may mean something else from here on. */
    void namesMoved() {
        progress.known.clear();
    }

    /**
     * Judges a call of the function of this {@code schema.name}, which is not PostgreSQL's own.
     *
     * @param into where to put what it does
     * @param why said where it is not known
     * @return what its result derives from beside the arguments, or empty where nothing is known of it
     */
    Optional<Set<BaseColumn>> call(String qualified, Findings into, String why) {
        Optional<Result> result = judge(qualified);
        if (result.isEmpty()) {
            into.unknown("function", qualified, why);
            return Optional.empty();
        }
        Findings found = result.get().findings();
        String kind = isPure(found) ? "pure-function" : "function";
        into.effect(Action.CALL, kind, qualified);
        for (Effect effect : found.effects) {
            if (!isValue(effect)) {
                into.effects.add(effect);
            }
        }
        into.tables.addAll(found.tables);
        into.columns.addAll(found.columns);
        into.throughView |= found.throughView;
        return Optional.of(result.get().answer());
    }

    /** As {@link #call} of a function that runs beside the statement, where its result has these roles. */
    void beside(String qualified, Findings into, String why, Role... roles) {
        call(qualified, into, why).ifPresent(answer -> use(answer, into, roles));
    }

    static void use(Set<BaseColumn> columns, Findings into, Role... roles) {
        for (BaseColumn column : columns) {
            for (Role role : roles) {
                into.columns.add(new ColumnUse(column.table(), column.column(), role));
            }
        }
    }

    private static boolean isPure(Findings found) {
        return found.tables.isEmpty()
                && found.columns.isEmpty()
                && found.effects.stream()
                        .allMatch(effect -> isValue(effect)
                                || (effect.action() == Action.CALL
                                        && effect.object().kind().equals("pure-function")));
    }

    private static boolean isValue(Effect effect) {
        return effect.action() == Action.READ && effect.object().equals(new ObjectRef("value", ""));
    }

    private Optional<Result> judge(String qualified) {
        List<Function> overloads = catalogue.functions(qualified);
        if (overloads.isEmpty() || overloads.stream().anyMatch(f -> names.isFunctionDisturbed(f.name()))) {
            return Optional.empty();
        }
        Key key = new Key(qualified, names.isSearchPathKnown() ? Optional.of(names.path()) : Optional.empty());
        Optional<Result> before = progress.known.get(key);
        if (before != null) {
            return before;
        }
        if (progress.open.size() >= MAX_DEPTH
                || progress.judged + overloads.size() > MAX_BODIES
                || !progress.open.add(qualified)) {
            return Optional.empty();
        }
        progress.judged += overloads.size();
        Optional<Result> result = judge(overloads);
        progress.open.remove(qualified);
        progress.known.put(key, result);
        return result;
    }

    private Optional<Result> judge(List<Function> overloads) {
        Findings findings = new Findings();
        Set<BaseColumn> answer = new HashSet<>();
        for (Function function : overloads) {
            Optional<Body> body = bodies.of(function);
            if (body.isEmpty() || !judge(function, body.get(), findings, answer)) {
                return Optional.empty();
            }
        }
        return Optional.of(new Result(findings, answer));
    }

    /** Whether all that the function does is known. */
    private boolean judge(Function function, Body body, Findings findings, Set<BaseColumn> answer) {
        Names own = names.withPath(List.of("pg_catalog"));
        if (body.defaults().isPresent()) {
            Set<BaseColumn> given = statement(body.defaults().get(), findings, own, names);
            use(given, findings, Role.PREDICATE);
            answer.addAll(given);
        }
        Names running = function.searchPath().map(this::settingPath).orElse(names);
        Set<BaseColumn> last = Set.of();
        for (Statement statement : body.statements()) {
            last = statement(statement, findings, function.bound() ? own : running, running);
        }
        if (function.converts()) {
            use(last, findings, Role.PREDICATE);
        }
        answer.addAll(last);
        return findings.unknowns == 0
                && !findings.movesSearchPath
                && !findings.changesSchema
                && !findings.definesTemporary
                && !findings.rewritten
                && findings.effects.stream().noneMatch(effect -> effect.action() == Action.UNKNOWN);
    }

    /** What the rows of a body's statement derive from. */
    private Set<BaseColumn> statement(Statement statement, Findings findings, Names written, Names running) {
        if (statement.utility() || statement.claims().movesNames()) {
            findings.unknown("other", "statement", "no query or change of rows");
            return Set.of();
        }
        FunctionJudge inside = new FunctionJudge(bodies, catalogue, running, progress);
        Resolution resolved = Resolution.inBody(statement, findings, written, inside, catalogue);
        if (statement.claims().answer == null) {
            return Set.of();
        }
        if (resolved.answer().isEmpty()) {
            return Set.of(BaseColumn.UNKNOWN);
        }
        Set<BaseColumn> from = new HashSet<>();
        for (OutputColumn column : resolved.answer().get().columns()) {
            column.from().forEach(base -> from.add(base.made()));
        }
        return from;
    }

    /**
     * The names on a path that a function sets. Which of its schemas the caller has no right to, and which therefore do not
     * count, is not known, nor whom {@code $user} is.
     */
    private Names settingPath(String list) {
        List<String> schemas = new ArrayList<>(SchemaList.read(list));
        if (schemas.contains("$user")) {
            Names unknown = names.copy();
            unknown.searchPathUnknown();
            return unknown;
        }
        if (!schemas.contains("pg_catalog")) {
            schemas.addFirst("pg_catalog");
        }
        return names.withOpenPath(schemas);
    }
}
