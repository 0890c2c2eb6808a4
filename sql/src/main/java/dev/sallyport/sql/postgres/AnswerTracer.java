package dev.sallyport.sql.postgres;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    private final Stars stars;
    private final CallJudge.Code code;
    private int steps;

    /**
     * For one statement.
     *
     * @param code what of its code is not known, and what the rest brings along
     */
    AnswerTracer(Choices choices, ColumnMeanings meanings, Stars stars, CallJudge.Code code) {
        this.choices = choices;
        this.meanings = meanings;
        this.stars = stars;
        this.code = code;
    }

    /** The answer's columns, or empty where they are too many or too tangled to be followed one by one. */
    Optional<AnswerColumns> trace(List<Origin.Derived> answer) {
        List<OutputColumn> columns = new ArrayList<>();
        for (Origin.Derived each : answer) {
            for (Stars.Expanded expanded : stars.expand(each)) {
                columns.add(column(expanded));
                if (steps > MAX_STEPS) {
                    return Optional.empty();
                }
            }
            if (stars.steps() > MAX_STEPS) {
                return Optional.empty();
            }
        }
        return Optional.of(new AnswerColumns(columns));
    }

    private OutputColumn column(Stars.Expanded expanded) {
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
        if (at instanceof Origin.Column base && !(affixed && code.isAnywhere())) {
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
            case Origin.Column _, Origin.Computed _, Origin.Called _, Origin.Shared _, Origin.Target _ -> null;
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
                case Origin.Shared(Source.Joined join) -> made(join.all());
                case Origin.Target target -> made(List.copyOf(target.columns()));
            }
        }

        private void made(List<Origin> from) {
            made.addAll(from);
            if (code.isAnyStrange()) {
                found.add(BaseColumn.UNKNOWN);
            }
            found.addAll(code.anywhere());
        }

        private void called(Origin.Called called) {
            Telling.of(called.call()).ifPresent(found::add);
            Set<BaseColumn> result = code.results().get(called.call());
            if (code.strange().contains(called.call())) {
                found.add(BaseColumn.UNKNOWN);
                made(called.from());
            } else if (result != null) {
                found.addAll(result);
                made(called.from());
            } else if (called.alone() && !code.isAnywhere()) {
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
