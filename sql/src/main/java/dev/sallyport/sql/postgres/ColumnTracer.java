package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.ColumnUse.Role;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Follows the uses of a statement's columns back to the base columns that they may come from. */
final class ColumnTracer {
    private final Findings findings;
    private final Choices choices;
    private final ColumnMeanings meanings;

    /** For one statement. */
    ColumnTracer(Findings findings, Choices choices, ColumnMeanings meanings) {
        this.findings = findings;
        this.choices = choices;
        this.meanings = meanings;
    }

    void trace(List<Claims.Mark> marks) {
        for (Role role : Role.values()) {
            Set<Origin> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            Deque<Origin> next = new ArrayDeque<>();
            for (Claims.Mark mark : marks) {
                if (mark.role() == role) {
                    next.add(mark.origin());
                }
            }
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
            case Origin.Called(Claims.Call _, List<Origin> from, boolean _) -> next.addAll(from);
            case Origin.Affixed(String _, Origin value, String _) -> next.add(value);
            case Origin.Choice choice -> next.addAll(choices.take(choice).origins());
        }
    }

    private void use(Origin.Column column, Role role) {
        for (BaseColumn base : meanings.of(column)) {
            findings.columns.add(new ColumnUse(base.table(), base.column(), role));
        }
    }
}
