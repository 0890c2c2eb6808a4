package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.ColumnUse.Extent;
import dev.sallyport.core.command.Effect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What has been found of one message so far. */
final class Findings {
    /** Stands for any table at all. */
    static final String ANY = "?";

    final Set<Effect> effects = new LinkedHashSet<>();
    final Set<String> tables = new LinkedHashSet<>();
    final Set<ColumnUse> columns = new LinkedHashSet<>();
    /** Predicates that are only equalities with one value, and by which comparisons. */
    final Map<ColumnUse, Set<Integer>> equalities = new LinkedHashMap<>();
    /** How many such comparisons there were. */
    int comparisons;

    AnswerShape answer = AnswerShape.DESCRIBED;
    List<String> streamColumns = List.of();
    String streamTable = "";
    final List<Statement> runs = new ArrayList<>();
    /** How often something turned out to be unknown. */
    int unknowns;
    /** Whether a view, or a table with row-level security, brings conditions of its own. */
    boolean throughView;
    /** Whether a rule makes other statements of one of them. */
    boolean rewritten;

    final List<Optional<AnswerColumns>> answers = new ArrayList<>();
    /** What the message's constants and parameters are for. */
    Map<Value, Set<BaseColumn>> values = new HashMap<>();
    /** The columns that constants or parameters are stored into. */
    final Set<BaseColumn> written = new LinkedHashSet<>();

    boolean movesSearchPath;
    boolean changesSchema;
    boolean definesTemporary;

    void effect(Action action, String kind, String name) {
        effects.add(Effect.of(action, kind, name));
    }

    /** Something whose code or meaning is not known: it may read any table and move the search path. */
    void unknown(String kind, String name, String why) {
        unknowns++;
        effects.add(Effect.unknown(kind, name, why));
        tables.add(ANY);
        movesSearchPath = true;
    }

    /** The facts of a message of which nothing is known but why. */
    static Facts nothingKnown(Analysis analysis, String why) {
        return new Facts(
                analysis,
                List.of(Effect.unknown("other", "statement", why)),
                Set.of(ANY),
                Set.of(
                        new ColumnUse(ANY, "*", ColumnUse.Role.OUTPUT),
                        new ColumnUse(ANY, "*", ColumnUse.Role.PREDICATE),
                        new ColumnUse(ANY, "*", ColumnUse.Role.STORED)),
                AnswerShape.OPAQUE_STREAM,
                List.of(),
                "",
                List.of(),
                ValueUses.UNKNOWN,
                true,
                true,
                true,
                List.of());
    }

    private Set<ColumnUse> columns() {
        Set<ColumnUse> all = new LinkedHashSet<>(columns);
        equalities.forEach((use, asking) -> {
            if (!columns.contains(use)) {
                all.add(new ColumnUse(use.table(), use.column(), use.role(), new Extent.Equality(asking)));
            }
        });
        return all;
    }

    /** The numbers in a FETCH say how many rows. */
    private static boolean onlyFetches(Analysis analysis) {
        return analysis.statements().stream().allMatch(each -> each.kind() instanceof StatementKind.Fetch);
    }

    Facts facts(Analysis analysis) {
        if (effects.isEmpty()) {
            effect(Action.READ, "value", "");
        }
        return new Facts(
                analysis,
                List.copyOf(effects),
                tables,
                columns(),
                answer,
                streamColumns,
                streamTable,
                rewritten ? List.of() : answers,
                rewritten ? ValueUses.UNKNOWN : new ValueUses(values, analysis.constants(), onlyFetches(analysis)),
                movesSearchPath,
                changesSchema,
                definesTemporary,
                runs);
    }
}
