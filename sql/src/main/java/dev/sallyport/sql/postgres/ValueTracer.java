package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the columns that a statement's constants and parameters meet: where both stand in one comparison or are arguments
 * of one function, and where a value is stored. What is compared with a column that is itself compared with another, or
 * stored into it, meets that one too.
 */
final class ValueTracer {
    /** More than any statement in good faith takes; beyond it, what values are for counts as unknown. */
    private static final int MAX_STEPS = 100_000;

    private static final String ALL = "*";

    private final Claims claims;
    private final Choices choices;
    private final ColumnMeanings meanings;
    private final List<List<Names.Meaning>> relations;
    private final CallJudge.Code code;
    private final Map<Value, Set<BaseColumn>> uses = new HashMap<>();
    private final Set<BaseColumn> written = new LinkedHashSet<>();
    private final SameColumns same = new SameColumns();
    private int steps;

    /**
     * For one statement.
     *
     * @param relations what each of the statement's relations may mean
     * @param code what of its code is not known, and what the rest brings along
     */
    ValueTracer(
            Claims claims,
            Choices choices,
            ColumnMeanings meanings,
            List<List<Names.Meaning>> relations,
            CallJudge.Code code) {
        this.claims = claims;
        this.choices = choices;
        this.meanings = meanings;
        this.relations = relations;
        this.code = code;
    }

    /**
     * What was found.
     *
     * @param values for each value that is followed, the columns it meets
     * @param arguments the same for what an EXECUTE gives for the parameters of what it runs, in their order
     * @param written the columns that one of the values is stored into
     */
    record Found(Map<Value, Set<BaseColumn>> values, List<Set<Value.Carried>> arguments, Set<BaseColumn> written) {}

    /** What each value meets, or empty where they are too many or too tangled to be followed. */
    Optional<Found> trace() {
        if (!claims.followsValues) {
            claims.harmless.forEach(value -> uses.put(value, Set.of()));
            return Optional.of(new Found(uses, List.of(), Set.of()));
        }
        claims.harmless.forEach(value -> uses.put(value, new LinkedHashSet<>()));
        claims.values.forEach(value -> uses.put(value, new LinkedHashSet<>()));
        if (claims.values.isEmpty()) {
            return Optional.of(new Found(uses, List.of(), Set.of()));
        }
        claims.mixtures.forEach(this::mixture);
        claims.stored.forEach(this::stored);
        List<Set<Value.Carried>> arguments = new ArrayList<>();
        for (Mixture argument : claims.arguments) {
            arguments.add(new Walk().from(argument.origins(), argument.values()).values);
        }
        if (steps > MAX_STEPS) {
            return Optional.empty();
        }
        uses.values().forEach(this::addSame);
        return Optional.of(new Found(uses, arguments, written));
    }

    private void mixture(Mixture mixture) {
        if (steps > MAX_STEPS) {
            return;
        }
        Walk walk = new Walk().from(mixture.origins(), mixture.values());
        if (code.isAnywhere() || (mixture.by() != null && isSomebodys(mixture.by()))) {
            walk.columns.add(BaseColumn.UNKNOWN);
        }
        meet(walk.values, walk.columns, mixture.way() != Mixture.Way.MADE);
        if (mixture.way() == Mixture.Way.COMPARED) {
            same.join(walk.columns);
        }
    }

    /** Whether it is not known what the arguments meet in the function. */
    private boolean isSomebodys(Claims.Call call) {
        return code.strange().contains(call) || code.results().containsKey(call);
    }

    private void stored(Stored stored) {
        if (steps > MAX_STEPS) {
            return;
        }
        Walk walk = new Walk().from(stored.origins(), stored.values());
        Set<BaseColumn> targets = targets(stored);
        if (!walk.values.isEmpty()) {
            written.addAll(targets);
        }
        meet(walk.values, targets, true);
        Set<BaseColumn> all = new LinkedHashSet<>(walk.columns);
        all.addAll(targets);
        same.join(all);
    }

    private void meet(Set<Value.Carried> values, Set<BaseColumn> columns, boolean asTheyAre) {
        for (Value.Carried value : values) {
            Set<BaseColumn> met = uses.get(value.value());
            for (BaseColumn column : columns) {
                steps++;
                if (met != null) {
                    met.add(asTheyAre && value.whole() ? column : column.made());
                }
            }
        }
    }

    private Set<BaseColumn> targets(Stored stored) {
        if (claims.relations.get(stored.relation()).defines()) {
            String table = relations.get(stored.relation()).getFirst().qualified();
            String column = stored.column().isEmpty() ? ALL : stored.column();
            return Set.of(new BaseColumn(table, column, 0, !column.equals(ALL)));
        }
        if (!stored.column().isEmpty()) {
            return meanings.of(new Origin.Column(stored.relation(), stored.column()));
        }
        Set<BaseColumn> targets = new LinkedHashSet<>();
        for (Names.Meaning meaning : relations.get(stored.relation())) {
            Relation relation = meaning.relation();
            if (relation != null
                    && stored.position() >= 0
                    && stored.position() < relation.columns().size()) {
                targets.addAll(meanings.of(
                        relation, relation.columns().get(stored.position()).name()));
            } else {
                targets.addAll(meanings.of(new Origin.Column(stored.relation(), ALL)));
            }
        }
        return targets;
    }

    private void addSame(Set<BaseColumn> columns) {
        if (!columns.isEmpty()) {
            Set<BaseColumn> more = new LinkedHashSet<>();
            columns.forEach(column -> more.addAll(same.as(column)));
            // What is met as it is need not be met as the same as another.
            more.removeIf(one -> columns.stream()
                    .anyMatch(known ->
                            known.table().equals(one.table()) && known.column().equals(one.column())));
            columns.addAll(more);
        }
    }

    /** One way back through the graph, from what meets in one place to columns and values. */
    private final class Walk {
        private final Set<BaseColumn> columns = new LinkedHashSet<>();
        private final Set<Value.Carried> values = new LinkedHashSet<>();
        private final Set<Origin> seenWhole = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Set<Origin> seenMade = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Deque<Origin> whole = new ArrayDeque<>();
        private final Deque<Origin> made = new ArrayDeque<>();

        Walk from(List<? extends Origin> origins, List<Value.Carried> given) {
            values.addAll(given);
            whole.addAll(origins);
            while (!whole.isEmpty() || !made.isEmpty()) {
                if (++steps > MAX_STEPS) {
                    return this;
                }
                boolean isWhole = !whole.isEmpty();
                Origin next = isWhole ? whole.removeFirst() : made.removeFirst();
                if (!claims.deciding.contains(next) && (isWhole ? seenWhole : seenMade).add(next)) {
                    follow(next, isWhole);
                }
            }
            return this;
        }

        private void follow(Origin origin, boolean isWhole) {
            switch (origin) {
                case Origin.Column column -> {
                    for (BaseColumn base : meanings.of(column)) {
                        steps++;
                        columns.add(isWhole ? base : base.made());
                    }
                }
                case Origin.Derived derived -> {
                    boolean goesOn = isWhole && !derived.isStar();
                    derived.values.forEach(value -> values.add(goesOn ? value : value.made()));
                    (goesOn ? whole : made).addAll(derived.from);
                }
                case Origin.Choice choice ->
                    (isWhole ? whole : made).addAll(choices.take(choice).origins());
                case Origin.Computed(List<Origin> from) -> made.addAll(from);
                case Origin.Affixed(String _, Origin value, String _) -> made.add(value);
                case Origin.Shared(Source.Joined join) -> made.addAll(join.all());
                case Origin.Target target -> made.addAll(target.columns());
                case Origin.Called called -> {
                    columns.addAll(code.results().getOrDefault(called.call(), Set.of()));
                    made.addAll(called.from());
                }
            }
        }
    }
}
