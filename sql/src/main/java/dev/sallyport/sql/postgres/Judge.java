package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Effect;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Column;
import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Resolves what a message's statements name, one after the other, each in the state that those before it leave. */
final class Judge {
    /** EXECUTE may stand for another EXECUTE by way of the protocol's Parse; a circle of them is unknown. */
    private static final int MAX_DEPTH = 4;

    /** More statements than these under one name within one message, and the name is unknown. */
    private static final int MAX_MADE = 16;

    private static final Set<BaseColumn> UNKNOWN = Set.of(BaseColumn.UNKNOWN);

    private final SessionState session;
    private final Catalogue catalogue;
    private Names names;
    private FunctionJudge functions;
    private final Findings findings = new Findings();
    /** Whether what is judged shows its plan. */
    private boolean planning;

    private final Map<String, List<Statement>> prepared = new HashMap<>();
    private final Map<String, List<Statement>> cursors = new HashMap<>();
    /** What the parameters are for of what the last EXECUTE runs, empty where that is not known. */
    private Optional<Map<Value, Set<BaseColumn>>> behindName = Optional.empty();

    Judge(SessionState session, Catalogue catalogue, Bodies bodies) {
        this.session = session;
        this.catalogue = catalogue;
        this.names = session.names().copy();
        this.functions = new FunctionJudge(bodies, catalogue, names);
    }

    Facts judge(Opened opened) {
        Analysis analysis = opened.analysis();
        List<String> searchPath = opened.searchPath();
        if (analysis.failure().isPresent()) {
            return Findings.nothingKnown(analysis, analysis.failure().get());
        }
        boolean elsewhere = !searchPath.equals(names.path());
        for (Statement statement : analysis.statements()) {
            findings.answers.add(elsewhere ? opened(statement, searchPath, false, 0) : statement(statement, false, 0));
            if (findings.movesSearchPath) {
                names.searchPathUnknown();
                functions.namesMoved();
            }
        }
        if (findings.changesSchema && catalogue.hasEventTriggers()) {
            findings.unknown("other", "event-trigger", "event triggers run");
        }
        return findings.facts(analysis);
    }

    /**
     * As {@link #statement} of one whose plan was made on another search path. What is no query is resolved when it runs,
     * and so are the bodies of functions, but for those that the plan has taken in: their names may be either.
     */
    private Optional<AnswerColumns> opened(Statement statement, List<String> path, boolean explained, int depth) {
        if (path.equals(names.path())) {
            return statement(statement, explained, depth);
        }
        Names current = names;
        FunctionJudge running = functions;
        names = current.withPath(statement.utility() ? List.of() : path);
        functions = running.running(current.withPath(List.of()));
        try {
            return statement(statement, explained, depth);
        } finally {
            names = current;
            functions = running;
        }
    }

    /** What the statement's answer derives from, empty where that is not known. */
    private Optional<AnswerColumns> statement(Statement statement, boolean explained, int depth) {
        Claims claims = statement.claims();
        Resolution resolved = Resolution.of(statement, findings, names, functions, catalogue, planning, explained);
        Optional<ValueTracer.Found> values = resolved.values();
        values.ifPresentOrElse(this::take, () -> claims.values.forEach(value -> use(value, UNKNOWN)));
        for (Effect effect : claims.effects) {
            if (effect.action() == Action.UNKNOWN) {
                findings.unknown(effect.object().kind(), effect.object().name(), effect.detail());
                findings.changesSchema = true;
            }
            findings.changesSchema |= definesObject(effect.action());
        }
        for (Statement nested : claims.nested) {
            statement(nested, explained, depth + 1);
        }
        behindName = Optional.empty();
        Optional<AnswerColumns> inner = kind(statement, resolved.relations(), resolved.answer(), explained, depth);
        values.ifPresent(found -> arguments(found.arguments(), behindName.orElse(Map.of())));
        if (!explained) {
            findings.runs.add(statement);
            findings.movesSearchPath |= movesSearchPath(statement);
            if (claims.movesNames()) {
                names.after(claims);
                functions.namesMoved();
            }
        }
        return resolved.answer().or(() -> inner);
    }

    private void take(ValueTracer.Found found) {
        found.values().forEach(this::use);
        findings.written.addAll(found.written());
    }

    private void use(Value value, Set<BaseColumn> columns) {
        findings.values.computeIfAbsent(value, v -> new LinkedHashSet<>()).addAll(columns);
    }

    /** What an EXECUTE gives for a parameter is for what the parameter is for. */
    private void arguments(List<Set<Value.Carried>> arguments, Map<Value, Set<BaseColumn>> behind) {
        for (int i = 0; i < arguments.size(); i++) {
            Set<BaseColumn> columns = behind.getOrDefault(new Value.Parameter(i + 1), UNKNOWN);
            for (Value.Carried value : arguments.get(i)) {
                columns.forEach(column -> use(value.value(), Set.of(value.whole() ? column : column.made())));
            }
        }
    }

    /** Runs the judgement of a statement whose values are not those of the message; what they are for. */
    private Map<Value, Set<BaseColumn>> valuesApart(Runnable judgement) {
        Map<Value, Set<BaseColumn>> outside = findings.values;
        Map<Value, Set<BaseColumn>> inside = new HashMap<>();
        findings.values = inside;
        try {
            judgement.run();
        } finally {
            findings.values = outside;
        }
        return inside;
    }

    private static boolean definesObject(Action action) {
        return switch (action) {
            case CREATE, ALTER, DROP, GRANT, ADMIN -> true;
            case READ, INSERT, UPDATE, DELETE, TRUNCATE, CALL, SESSION, PUBLISH, CONSUME, UNKNOWN -> false;
        };
    }

    /** Judges what a statement of this kind holds or names; what its answer derives from, if that is told there. */
    private Optional<AnswerColumns> kind(
            Statement statement,
            List<List<Names.Meaning>> relations,
            Optional<AnswerColumns> own,
            boolean explained,
            int depth) {
        return switch (statement.kind()) {
            case StatementKind.Prepare(String name, Statement inner) -> {
                // Its parameters are given by EXECUTE; its constants stand here.
                valuesApart(() -> statement(inner, explained, depth + 1)).forEach((value, columns) -> {
                    if (value instanceof Value.Literal) {
                        use(value, columns);
                    }
                });
                prepared.computeIfAbsent(name, n -> new ArrayList<>()).add(inner);
                yield Optional.empty();
            }
            case StatementKind.Declare(String name, Statement inner, boolean _) -> {
                statement(inner, explained, depth + 1);
                cursors.computeIfAbsent(name, n -> new ArrayList<>()).add(inner);
                yield Optional.empty();
            }
            case StatementKind.Explain(boolean analyze, Statement inner) ->
                explain(inner, explained || !analyze, depth);
            case StatementKind.Execute(String name) ->
                named(
                        "prepared",
                        name,
                        session.preparedMeanings(name).stream()
                                .map(analysis -> new Opened(analysis, names.path()))
                                .collect(Collectors.toSet()),
                        prepared,
                        explained,
                        depth);
            case StatementKind.Fetch(String name, boolean _) ->
                named("cursor", name, session.portalMeanings(name), cursors, explained, depth);
            case StatementKind.Show _ -> Optional.of(new AnswerColumns(List.of(OutputColumn.made(Set.of()))));
            case StatementKind.Copy copy -> {
                copy(copy, relations, own);
                yield Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    /**
     * A plan shows the statement's constants and how many rows they are expected to find, but no values: it tells of the
     * columns that decide. A view's definition and row-level security bring constants of their own, and so does code.
     */
    private Optional<AnswerColumns> explain(Statement inner, boolean explained, int depth) {
        int before = findings.unknowns;
        boolean outside = planning;
        planning = true;
        statement(inner, explained, depth + 1);
        planning = outside;
        Set<BaseColumn> from = new HashSet<>();
        for (ColumnUse use : findings.columns) {
            if (use.role() == ColumnUse.Role.PREDICATE) {
                from.add(new BaseColumn(use.table(), use.column(), 0, false));
            }
        }
        // VERBOSE shows what is stored, too.
        findings.written.forEach(column -> from.add(column.made()));
        if (findings.unknowns > before || findings.throughView) {
            from.add(BaseColumn.UNKNOWN);
        }
        return Optional.of(new AnswerColumns(List.of(OutputColumn.made(from))));
    }

    /** What a name stands for: what it had before the message, and what the statements before this one gave it. */
    private Optional<AnswerColumns> named(
            String kind,
            String name,
            Set<Opened> meanings,
            Map<String, List<Statement>> made,
            boolean explained,
            int depth) {
        List<Statement> here = List.copyOf(made.getOrDefault(name, List.of()));
        boolean known = !(meanings.isEmpty() && here.isEmpty()) && here.size() <= MAX_MADE && depth < MAX_DEPTH;
        if (!known) {
            findings.unknown(kind, name, "what it stands for is not known");
            return Optional.empty();
        }
        List<Optional<AnswerColumns>> answers = new ArrayList<>();
        boolean understood = true;
        List<Supplier<Optional<AnswerColumns>>> all = new ArrayList<>();
        for (Opened meaning : meanings) {
            if (meaning.analysis().failure().isPresent()) {
                findings.unknown(kind, name, "what it stands for is not known");
                answers.add(Optional.empty());
                understood = false;
            }
            for (Statement statement : meaning.analysis().statements()) {
                all.add(() -> opened(statement, meaning.searchPath(), explained, depth + 1));
            }
        }
        here.forEach(statement -> all.add(() -> statement(statement, explained, depth + 1)));
        Map<Value, Set<BaseColumn>> values = valuesApart(() -> all.forEach(judging -> answers.add(judging.get())));
        behindName = understood ? Optional.of(values) : Optional.empty();
        return answers.size() == 1 ? answers.getFirst() : Optional.empty();
    }

    private void copy(StatementKind.Copy copy, List<List<Names.Meaning>> relations, Optional<AnswerColumns> ofQuery) {
        if (copy.from() || copy.end() != StatementKind.Copy.End.STREAM) {
            return;
        }
        // In another encoding the stream's bytes are not read as its columns.
        boolean readable = !copy.options().containsKey("encoding") && findings.answer == AnswerShape.DESCRIBED;
        if (readable && copy.ofQuery() && ofQuery.filter(AnswerColumns::isFixed).isPresent()) {
            findings.answer = AnswerShape.QUERY_STREAM;
            return;
        }
        Relation table = readable && !copy.ofQuery() ? only(relations) : null;
        if (table == null || table.columns().isEmpty()) {
            findings.answer = AnswerShape.OPAQUE_STREAM;
            findings.streamColumns = List.of();
            findings.streamTable = "";
            return;
        }
        findings.answer = AnswerShape.TABLE_STREAM;
        findings.streamTable = table.qualifiedName();
        findings.streamColumns = copy.columns().isEmpty()
                ? table.columns().stream()
                        .filter(column -> !column.generated())
                        .map(Column::name)
                        .toList()
                : copy.columns();
    }

    private static @Nullable Relation only(List<List<Names.Meaning>> relations) {
        boolean one = relations.size() == 1 && relations.getFirst().size() == 1;
        return one ? relations.getFirst().getFirst().relation() : null;
    }

    private boolean movesSearchPath(Statement statement) {
        if (statement.claims().disturbed.contains("*")) {
            return true;
        }
        for (Effect effect : statement.claims().effects) {
            // A right to use a schema decides whether the path goes through it.
            if (effect.action() == Action.GRANT || effect.object().kind().equals("role")) {
                return true;
            }
        }
        return switch (statement.kind()) {
            case StatementKind.Set(String name, List<String> _, boolean _) -> Settings.movesSearchPath(name);
            case StatementKind.Reset(var name) ->
                name.map(Settings::movesSearchPath).orElse(true);
            case StatementKind.Discard(StatementKind.Discard.What what) -> what == StatementKind.Discard.What.ALL;
            case StatementKind.Transaction(StatementKind.Transaction.Verb verb) ->
                switch (verb) {
                    case COMMIT, ROLLBACK, ROLLBACK_TO, PREPARE ->
                        session.pathMovedInTransaction() || findings.movesSearchPath;
                    case BEGIN, SAVEPOINT, RELEASE, COMMIT_PREPARED, ROLLBACK_PREPARED -> false;
                };
            default -> false;
        };
    }
}
