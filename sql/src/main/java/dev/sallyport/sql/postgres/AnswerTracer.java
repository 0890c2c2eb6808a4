package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Column;
import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Follows each column of an answer back to the base columns that it may derive from, and whether it is one of them still:
 * through names, sub-selects, casts to texts, CASE and the like a value stays what it is.
 */
final class AnswerTracer {
    /** More than any statement in good faith takes; beyond it the answer's columns count as unknown. */
    private static final int MAX_STEPS = 20_000;

    private static final int MAX_CHAIN = 100;

    private final Choices choices;
    private final ColumnMeanings meanings;
    private final List<List<Names.Meaning>> relations;
    private final CallJudge.Strangers strangers;
    private int steps;

    /**
     * For one statement.
     *
     * @param relations what each of the statement's relations may mean
     * @param strangers what of its code is not known
     */
    AnswerTracer(
            Choices choices,
            ColumnMeanings meanings,
            List<List<Names.Meaning>> relations,
            CallJudge.Strangers strangers) {
        this.choices = choices;
        this.meanings = meanings;
        this.relations = relations;
        this.strangers = strangers;
    }

    /** The answer's columns, or empty where they are too many or too tangled to be followed one by one. */
    Optional<AnswerColumns> trace(List<Origin.Derived> answer) {
        List<OutputColumn> columns = new ArrayList<>();
        for (Origin.Derived each : answer) {
            for (Expanded expanded : expand(each)) {
                columns.add(column(expanded));
                if (steps > MAX_STEPS) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new AnswerColumns(columns));
    }

    /**
     * A column, where stars have been replaced by what they stand for.
     *
     * @param name the name by which a star brings it, else empty
     * @param repeats whether it stands for a star of which nothing is known
     */
    private record Expanded(String name, Origin origin, boolean repeats) {}

    private List<Expanded> expand(Origin.Derived column) {
        if (!column.isStar()) {
            return List.of(new Expanded("", column, false));
        }
        return column.starOf == null ? List.of(new Expanded("", column, true)) : expand(column.starOf);
    }

    private List<Expanded> expand(Source source) {
        steps++;
        return switch (source) {
            case Source.Table table -> expand(table);
            case Source.Rows rows ->
                rows.columns().stream().flatMap(this::named).toList();
            case Source.Joined joined -> expand(joined);
        };
    }

    private Stream<Expanded> named(Origin.Derived column) {
        steps++;
        if (steps > MAX_STEPS) {
            return Stream.empty();
        }
        return column.isStar() ? expand(column).stream() : Stream.of(new Expanded(column.name, column, false));
    }

    private List<Expanded> expand(Source.Table table) {
        List<Names.Meaning> meanings = relations.get(table.relation());
        Relation only = meanings.size() == 1 ? meanings.getFirst().relation() : null;
        if (only == null || table.renamed()) {
            return List.of(new Expanded("", new Origin.Column(table.relation(), "*"), true));
        }
        List<Expanded> columns = new ArrayList<>(only.columns().size());
        for (Column column : only.columns()) {
            steps++;
            columns.add(new Expanded(column.name(), new Origin.Column(table.relation(), column.name()), false));
        }
        return columns;
    }

    /** The columns that the sides have in common come first, and once (PostgreSQL documentation, section 7.2.1.1). */
    private List<Expanded> expand(Source.Joined joined) {
        List<Expanded> left =
                joined.left().stream().flatMap(s -> expand(s).stream()).toList();
        List<Expanded> right =
                joined.right().stream().flatMap(s -> expand(s).stream()).toList();
        List<String> common = joined.natural()
                ? left.stream()
                        .map(Expanded::name)
                        .filter(name -> has(right, name))
                        .distinct()
                        .toList()
                : joined.using();
        List<Expanded> columns = new ArrayList<>();
        for (String name : common) {
            List<Origin> both = Stream.concat(left.stream(), right.stream())
                    .filter(column -> column.name().equals(name))
                    .map(Expanded::origin)
                    .toList();
            columns.add(new Expanded(name, Origin.Derived.column(name, both), false));
        }
        Stream.concat(left.stream(), right.stream())
                .filter(column -> !common.contains(column.name()))
                .forEach(columns::add);
        boolean sure = Stream.concat(left.stream(), right.stream()).noneMatch(Expanded::repeats);
        if (sure) {
            return columns;
        }
        List<Origin> all = columns.stream().map(Expanded::origin).toList();
        return List.of(new Expanded("", Origin.Derived.star(all, null), true));
    }

    private static boolean has(List<Expanded> columns, String name) {
        return columns.stream().anyMatch(column -> column.name().equals(name));
    }

    private OutputColumn column(Expanded expanded) {
        StringBuilder prefix = new StringBuilder();
        StringBuilder suffix = new StringBuilder();
        Origin at = expanded.origin();
        for (int i = 0; i < MAX_CHAIN; i++) {
            Origin next = only(at);
            if (next == null) {
                break;
            }
            if (at instanceof Origin.Affixed(String before, Origin _, String after)) {
                prefix.append(before);
                suffix.insert(0, after);
            }
            at = next;
        }
        boolean affixed = !prefix.isEmpty() || !suffix.isEmpty();
        if (at instanceof Origin.Column base && !(affixed && strangers.any())) {
            return new OutputColumn(
                    expanded.name(), meanings.of(base), prefix.toString(), suffix.toString(), expanded.repeats());
        }
        return new OutputColumn(expanded.name(), from(expanded.origin()), "", "", expanded.repeats());
    }

    /** What the origin leads to, where that is one thing only; else null. */
    private @Nullable Origin only(Origin origin) {
        return switch (origin) {
            case Origin.Derived derived ->
                !derived.isStar() && derived.from.size() == 1 ? derived.from.getFirst() : null;
            case Origin.Choice choice -> {
                List<Origin> taken = choices.take(choice).origins();
                yield taken.size() == 1 ? taken.getFirst() : null;
            }
            case Origin.Affixed affixed -> affixed.value();
            case Origin.Column _, Origin.Computed _, Origin.Called _ -> null;
        };
    }

    private Set<BaseColumn> from(Origin origin) {
        return new Walk().from(origin);
    }

    /** One column's way back through the graph. */
    private final class Walk {
        private final Set<BaseColumn> found = new LinkedHashSet<>();
        private final Set<Origin> seenWhole = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Set<Origin> seenMade = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Deque<Origin> whole = new ArrayDeque<>();
        private final Deque<Origin> made = new ArrayDeque<>();

        Set<BaseColumn> from(Origin origin) {
            whole.add(origin);
            while (!whole.isEmpty() || !made.isEmpty()) {
                if (++steps > MAX_STEPS) {
                    break;
                }
                if (!whole.isEmpty()) {
                    Origin next = whole.removeFirst();
                    if (seenWhole.add(next)) {
                        follow(next, true);
                    }
                } else {
                    Origin next = made.removeFirst();
                    if (seenMade.add(next)) {
                        follow(next, false);
                    }
                }
            }
            return found;
        }

        private void follow(Origin origin, boolean isWhole) {
            switch (origin) {
                case Origin.Column column -> {
                    for (BaseColumn base : meanings.of(column)) {
                        steps++;
                        found.add(isWhole ? base : base.made());
                    }
                }
                case Origin.Derived derived -> (isWhole && !derived.isStar() ? whole : made).addAll(derived.from);
                case Origin.Choice choice ->
                    (isWhole ? whole : made).addAll(choices.take(choice).origins());
                case Origin.Computed(List<Origin> from) -> made(from);
                case Origin.Affixed(String _, Origin value, String _) -> made(List.of(value));
                case Origin.Called called -> called(called);
            }
        }

        private void made(List<Origin> from) {
            made.addAll(from);
            if (strangers.any()) {
                found.add(BaseColumn.UNKNOWN);
            }
        }

        private void called(Origin.Called called) {
            if (strangers.calls().contains(called.call())) {
                found.add(BaseColumn.UNKNOWN);
                made(called.from());
            } else if (called.alone() && !strangers.any()) {
                if (!called.counted()) {
                    called.from().forEach(argument -> through(called.name(), argument));
                }
            } else if (!called.counted()) {
                made(called.from());
            }
        }

        private void through(String function, Origin argument) {
            Origin.Column column = choices.column(argument);
            if (column == null) {
                made.add(argument);
                return;
            }
            for (BaseColumn base : meanings.of(column)) {
                steps++;
                found.add(base.whole() ? base.through(function) : base);
            }
        }
    }
}
