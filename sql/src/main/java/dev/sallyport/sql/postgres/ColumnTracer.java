package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.ColumnUse.Role;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Follows the uses of a statement's columns back to the base columns that they may come from. */
final class ColumnTracer {
    private final Findings findings;
    private final Catalogue catalogue;
    private final List<List<Names.Meaning>> relations;
    /** Choices of the role that is being traced: taken up once, however many ways lead to them. */
    private final IdentityHashMap<Origin.Choice, Boolean> resolved = new IdentityHashMap<>();

    /**
     * For one statement.
     *
     * @param relations what each of the statement's relations may mean
     */
    ColumnTracer(Findings findings, Catalogue catalogue, List<List<Names.Meaning>> relations) {
        this.findings = findings;
        this.catalogue = catalogue;
        this.relations = relations;
    }

    void trace(List<Claims.Mark> marks) {
        for (Role role : Role.values()) {
            resolved.clear();
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
            case Origin.Choice choice -> resolve(choice, next);
        }
    }

    /** Takes up what the choice offers, level by level; whether one of them surely has the column. */
    private boolean resolve(Origin.Choice choice, Deque<Origin> next) {
        Boolean known = resolved.putIfAbsent(choice, false);
        if (known != null) {
            return known;
        }
        boolean sure = false;
        for (Origin.Choice.Level level : choice.levels()) {
            boolean here = choose(level, next);
            sure |= here;
            if (here && level.visible()) {
                break;
            }
        }
        resolved.put(choice, sure);
        return sure;
    }

    /** Takes up what a level offers; whether it surely has the column. */
    private boolean choose(Origin.Choice.Level level, Deque<Origin> next) {
        boolean sure = false;
        for (Origin candidate : level.candidates()) {
            switch (candidate) {
                case Origin.Column column -> {
                    Match match = match(column);
                    sure |= match == Match.YES;
                    if (match != Match.NO) {
                        next.add(column);
                    }
                }
                case Origin.Derived derived -> {
                    sure |= !derived.isStar() && !derived.name.isEmpty();
                    next.add(derived);
                }
                case Origin.Choice choice -> sure |= resolve(choice, next);
            }
        }
        return sure;
    }

    private enum Match {
        YES,
        NO,
        MAYBE
    }

    private Match match(Origin.Column column) {
        if (column.relation() < 0 || column.name().equals("*")) {
            return Match.MAYBE;
        }
        Match match = Match.NO;
        for (Names.Meaning meaning : relations.get(column.relation())) {
            Relation relation = meaning.relation();
            if (relation == null) {
                return Match.MAYBE;
            }
            if (relation.has(column.name())) {
                match = Match.YES;
            }
        }
        return match == Match.YES && relations.get(column.relation()).size() > 1 ? Match.MAYBE : match;
    }

    private void use(Origin.Column column, Role role) {
        if (column.relation() < 0) {
            findings.columns.add(new ColumnUse(Findings.ANY, "*", role));
            return;
        }
        for (Names.Meaning meaning : relations.get(column.relation())) {
            Relation relation = meaning.relation();
            if (relation != null) {
                known(relation, column.name(), role);
            } else if (meaning.temporary()) {
                findings.columns.add(new ColumnUse(meaning.qualified(), column.name(), role));
            } else {
                findings.columns.add(new ColumnUse(Findings.ANY, "*", role));
            }
        }
    }

    private void known(Relation relation, String name, Role role) {
        // A qualified name that is no column is a function of the whole row: c.text is text(c).
        String column = relation.has(name) ? name : "*";
        if (relation.isView()) {
            for (Relation base : catalogue.reachable(relation.oid())) {
                findings.columns.add(
                        new ColumnUse(base.qualifiedName(), base.oid() == relation.oid() ? column : "*", role));
            }
            return;
        }
        for (Relation relative : catalogue.family(relation.oid())) {
            if (column.equals("*") || relative.has(column)) {
                findings.columns.add(new ColumnUse(relative.qualifiedName(), column, role));
            }
        }
    }
}
