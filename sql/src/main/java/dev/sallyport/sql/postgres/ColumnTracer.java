package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.ColumnUse.Extent;
import dev.sallyport.core.command.ColumnUse.Role;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Follows the uses of a statement's columns back to the base columns that they may come from. */
final class ColumnTracer {
    private final Findings findings;
    private final Choices choices;
    private final ColumnMeanings meanings;
    private final Stars stars;
    private final CallJudge.Code code;

    /**
     * For one statement.
     *
     * @param code what of its code is not known, and what the rest brings along
     */
    ColumnTracer(Findings findings, Choices choices, ColumnMeanings meanings, Stars stars, CallJudge.Code code) {
        this.findings = findings;
        this.choices = choices;
        this.meanings = meanings;
        this.stars = stars;
        this.code = code;
    }

    /**
     * @param planning whether the plan is shown, which tells more of a condition than the rows do
     * @param writes whether it is run, and not only planned
     */
    void trace(Claims claims, boolean planning, boolean writes) {
        Deque<Origin> deciding = new ArrayDeque<>();
        if (planning || code.isAnywhere()) {
            claims.equalities.forEach(deciding::addAll);
        } else {
            equalities(claims.equalities, deciding);
        }
        for (Role role : Role.values()) {
            if (role == Role.WRITTEN && !writes) {
                continue;
            }
            Deque<Origin> next = role == Role.PREDICATE ? deciding : new ArrayDeque<>();
            if (role == Role.PREDICATE) {
                claims.tests.forEach(test -> arguments(test, role, next));
            }
            for (Claims.Mark mark : claims.marks) {
                if (mark.role() == role) {
                    next.add(mark.origin());
                }
            }
            Set<Origin> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            while (!next.isEmpty()) {
                Origin origin = next.removeFirst();
                if (seen.add(origin)) {
                    follow(origin, role, next);
                }
            }
        }
    }

    private void follow(Origin origin, Role role, Deque<Origin> next) {
        switch (origin) {
            case Origin.Column column -> use(column, role);
            case Origin.Derived derived -> next.addAll(derived.from);
            case Origin.Computed(List<Origin> from) -> next.addAll(from);
            case Origin.Called called -> {
                Telling.of(called.call()).ifPresent(base -> use(base, role));
                FunctionJudge.use(code.results().getOrDefault(called.call(), Set.of()), findings, role);
                arguments(called, role, next);
            }
            case Origin.Affixed(String _, Origin value, String _) -> next.add(value);
            case Origin.Shared(Source.Joined join) -> next.addAll(stars.shared(join));
            case Origin.Target target -> next.addAll(stars.named(target));
            case Origin.Choice choice -> next.addAll(choices.take(choice).origins());
        }
    }

    private void arguments(Origin.Called called, Role role, Deque<Origin> next) {
        if (role == Role.PREDICATE && called.alone() && isBuiltIn(called)) {
            told(called, next);
        } else {
            next.addAll(called.from());
        }
    }

    private boolean isBuiltIn(Origin.Called called) {
        return !code.isAnywhere()
                && !code.strange().contains(called.call())
                && !code.results().containsKey(called.call());
    }

    /** What a function tells of one column decides; how many values there are is shown in any case. */
    private void told(Origin.Called called, Deque<Origin> next) {
        for (Origin argument : called.counted() ? List.<Origin>of() : called.from()) {
            Origin.Column column = choices.column(argument);
            if (column == null) {
                next.add(argument);
                continue;
            }
            for (BaseColumn base : meanings.of(column)) {
                Extent extent = base.whole() ? new Extent.Call(called.name()) : Extent.ANY;
                findings.columns.add(new ColumnUse(base.table(), base.column(), Role.PREDICATE, extent));
            }
        }
    }

    private void use(Origin.Column column, Role role) {
        meanings.of(column).forEach(base -> use(base, role));
    }

    private void use(BaseColumn base, Role role) {
        findings.columns.add(new ColumnUse(base.table(), base.column(), role));
    }

    /**
     * Follows comparisons with one value each. What turns out to be made of columns, not one of them, decides like anything
     * else, and so does a column that the statement compares with more than one value.
     */
    private void equalities(List<List<Origin>> comparisons, Deque<Origin> deciding) {
        Map<ColumnUse, Set<Integer>> compared = new LinkedHashMap<>();
        for (List<Origin> comparison : comparisons) {
            findings.comparisons++;
            for (ColumnUse use : themselves(comparison, deciding)) {
                compared.computeIfAbsent(use, key -> new HashSet<>()).add(findings.comparisons);
            }
        }
        compared.forEach((use, asking) -> {
            if (asking.size() == 1) {
                findings.equalities.computeIfAbsent(use, key -> new HashSet<>()).addAll(asking);
            } else {
                findings.columns.add(use);
            }
        });
    }

    /** The columns that the origins are; what they are made of instead is added to {@code deciding}. */
    private Set<ColumnUse> themselves(List<Origin> origins, Deque<Origin> deciding) {
        Set<ColumnUse> found = new HashSet<>();
        Set<Origin> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Origin> next = new ArrayDeque<>(origins);
        while (!next.isEmpty()) {
            Origin origin = next.removeFirst();
            if (!seen.add(origin)) {
                continue;
            }
            switch (origin) {
                case Origin.Column column -> {
                    for (BaseColumn base : meanings.of(column)) {
                        ColumnUse use = new ColumnUse(base.table(), base.column(), Role.PREDICATE);
                        (base.whole() ? found : findings.columns).add(use);
                    }
                }
                case Origin.Derived derived -> (derived.isStar() ? deciding : next).addAll(derived.from);
                case Origin.Choice choice -> next.addAll(choices.take(choice).origins());
                case Origin.Computed _, Origin.Called _, Origin.Affixed _, Origin.Shared _, Origin.Target _ ->
                    deciding.add(origin);
            }
        }
        return found;
    }
}
