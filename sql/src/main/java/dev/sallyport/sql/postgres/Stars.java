package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Column;
import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Tells which columns a star stands for, as the server does it, and which of them two sides of a join share. */
final class Stars {
    /** More than any statement in good faith takes; what takes more is not told apart. */
    private static final int MAX_STEPS = 100_000;

    private final List<List<Names.Meaning>> relations;
    private int steps;

    /**
     * For one statement.
     *
     * @param relations what each of the statement's relations may mean
     */
    Stars(List<List<Names.Meaning>> relations) {
        this.relations = relations;
    }

    /** How much it took so far; beyond a bound columns are missing. */
    int steps() {
        return steps;
    }

    /**
     * A column, where stars have been replaced by what they stand for.
     *
     * @param name the name by which a star brings it, else empty
     * @param repeats whether it stands for a star of which nothing is known
     */
    record Expanded(String name, Origin origin, boolean repeats) {}

    /** A column, or those that it stands for as a star. */
    List<Expanded> expand(Origin.Derived column) {
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
            case Source.Paired paired -> expand(paired);
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
        List<String> renamed = table.renamed();
        if (only == null || renamed.size() > only.columns().size()) {
            return List.of(new Expanded("", new Origin.Column(table.relation(), "*"), true));
        }
        List<Expanded> columns = new ArrayList<>(only.columns().size());
        for (Column column : only.columns()) {
            steps++;
            String name = columns.size() < renamed.size() ? renamed.get(columns.size()) : column.name();
            columns.add(new Expanded(name, new Origin.Column(table.relation(), column.name()), false));
        }
        return columns;
    }

    /** The columns that the sides have in common come first, and once (PostgreSQL documentation, section 7.2.1.1). */
    private List<Expanded> expand(Source.Joined joined) {
        List<Expanded> left =
                joined.left().stream().flatMap(s -> expand(s).stream()).toList();
        List<Expanded> right =
                joined.right().stream().flatMap(s -> expand(s).stream()).toList();
        List<String> common = joined.natural() ? common(left, right) : joined.using();
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
        // A name that is not followed may be one of those in common, and then the server shows a column less.
        boolean sure = Stream.concat(left.stream(), right.stream())
                .noneMatch(column -> column.repeats()
                        || (column.name().isEmpty()
                                && (joined.natural() || !joined.using().isEmpty())));
        if (sure) {
            return columns;
        }
        List<Origin> all = columns.stream().map(Expanded::origin).toList();
        return List.of(new Expanded("", Origin.Derived.star(all, null), true));
    }

    private static List<String> common(List<Expanded> left, List<Expanded> right) {
        return left.stream()
                .map(Expanded::name)
                .filter(name -> has(right, name))
                .distinct()
                .toList();
    }

    /** The columns by which a NATURAL JOIN joins; where those of a side are not known, all of them. */
    List<Origin> shared(Source.Joined joined) {
        List<Expanded> left =
                joined.left().stream().flatMap(s -> expand(s).stream()).toList();
        List<Expanded> right =
                joined.right().stream().flatMap(s -> expand(s).stream()).toList();
        boolean sure = steps <= MAX_STEPS
                && Stream.concat(left.stream(), right.stream())
                        .noneMatch(column -> column.repeats() || column.name().isEmpty());
        if (!sure) {
            return joined.all();
        }
        List<String> common = common(left, right);
        return Stream.concat(left.stream(), right.stream())
                .filter(column -> common.contains(column.name()))
                .map(Expanded::origin)
                .toList();
    }

    /** The columns that are named so or stand there; more where it is not known how many a star stands for. */
    List<? extends Origin> named(Origin.Target target) {
        List<Expanded> columns = target.columns().stream().flatMap(this::named).toList();
        if (steps > MAX_STEPS) {
            return target.columns();
        }
        if (target.position() == 0) {
            return columns.stream()
                    .filter(column -> column.repeats()
                            || column.name().isEmpty()
                            || column.name().equals(target.name()))
                    .map(Expanded::origin)
                    .toList();
        }
        boolean sure = target.position() <= columns.size()
                && columns.stream().limit(target.position()).noneMatch(Expanded::repeats);
        return sure ? List.of(columns.get(target.position() - 1).origin()) : target.columns();
    }

    /** The columns of a set operation's sides belong together by their places. */
    private List<Expanded> expand(Source.Paired paired) {
        List<Expanded> left = paired.left().stream().flatMap(this::named).toList();
        List<Expanded> right = paired.right().stream().flatMap(this::named).toList();
        boolean sure = left.size() == right.size()
                && Stream.concat(left.stream(), right.stream()).noneMatch(Expanded::repeats);
        if (!sure) {
            return List.of(new Expanded("", Origin.Derived.star(paired.all(), null), true));
        }
        List<Expanded> columns = new ArrayList<>(left.size());
        for (int i = 0; i < left.size(); i++) {
            List<Origin> both = List.of(left.get(i).origin(), right.get(i).origin());
            String name = left.get(i).name();
            columns.add(new Expanded(name, Origin.Derived.column(name, both), false));
        }
        return columns;
    }

    private static boolean has(List<Expanded> columns, String name) {
        return columns.stream().anyMatch(column -> column.name().equals(name));
    }
}
