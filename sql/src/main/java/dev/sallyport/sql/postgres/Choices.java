package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes from what a name without a qualifier may be what it is, by the columns that relations have. */
final class Choices {
    private static final int MAX_CHAIN = 100;

    private final List<List<Names.Meaning>> relations;
    /** Taken up once, however many ways lead to them. */
    private final IdentityHashMap<Origin.Choice, Taken> known = new IdentityHashMap<>();

    /**
     * What a choice comes down to.
     *
     * @param sure whether one of them surely has the column
     */
    record Taken(List<Origin> origins, boolean sure) {
        static final Taken NOTHING = new Taken(List.of(), false);
    }

    /**
     * For one statement.
     *
     * @param relations what each of the statement's relations may mean
     */
    Choices(List<List<Names.Meaning>> relations) {
        this.relations = relations;
    }

    /** The column of a relation that the origin is, by whatever names; null where it is not one alone. */
    Origin.@Nullable Column column(Origin origin) {
        Origin at = origin;
        for (int i = 0; i < MAX_CHAIN; i++) {
            List<Origin> next = switch (at) {
                case Origin.Column _ -> List.of();
                case Origin.Derived derived -> derived.isStar() ? List.of() : derived.from;
                case Origin.Choice choice -> take(choice).origins();
                case Origin.Computed _, Origin.Called _, Origin.Affixed _, Origin.Shared _, Origin.Target _ ->
                    List.of();
            };
            if (next.size() != 1) {
                break;
            }
            at = next.getFirst();
        }
        return at instanceof Origin.Column column ? column : null;
    }

    /** What the choice offers, level by level, up to the first that surely has the column and can be seen. */
    Taken take(Origin.Choice choice) {
        Taken before = known.putIfAbsent(choice, Taken.NOTHING);
        if (before != null) {
            return before;
        }
        List<Origin> origins = new ArrayList<>();
        boolean sure = false;
        for (Origin.Choice.Level level : choice.levels()) {
            boolean here = choose(level, origins);
            sure |= here;
            if (here && level.visible()) {
                break;
            }
        }
        Taken taken = new Taken(origins, sure);
        known.put(choice, taken);
        return taken;
    }

    /** Takes up what a level offers; whether it surely has the column. */
    private boolean choose(Origin.Choice.Level level, List<Origin> origins) {
        boolean sure = false;
        for (Origin candidate : level.candidates()) {
            switch (candidate) {
                case Origin.Column column -> {
                    Match match = match(column);
                    sure |= match == Match.YES;
                    if (match != Match.NO) {
                        origins.add(column);
                    }
                }
                case Origin.Derived derived -> {
                    sure |= !derived.isStar() && !derived.name.isEmpty();
                    origins.add(derived);
                }
                case Origin.Choice choice -> {
                    sure |= take(choice).sure();
                    origins.add(choice);
                }
                case Origin.Computed _, Origin.Called _, Origin.Affixed _, Origin.Shared _, Origin.Target _ ->
                    origins.add(candidate);
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
            if (column.in(relation) != null) {
                match = Match.YES;
            }
        }
        return match == Match.YES && relations.get(column.relation()).size() > 1 ? Match.MAYBE : match;
    }
}
