package dev.sallyport.sql.postgres;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the columns of one statement's answer derive from, in their order. */
public record AnswerColumns(List<OutputColumn> columns) {
    public AnswerColumns {
        columns = List.copyOf(columns);
    }

    /**
     * One for each column of the answer as the target describes it, or empty where they do not fit: then the target had
     * something else in mind than the analysis, and nothing is known.
     *
     * @param names the columns' names
     */
    public Optional<List<OutputColumn>> fit(List<String> names) {
        int first = firstRepeating();
        if (first < 0) {
            return columns.size() == names.size() ? named(columns, names) : Optional.empty();
        }
        int behind = columns.size() - 1 - lastRepeating();
        int between = names.size() - first - behind;
        if (between < 0) {
            return Optional.empty();
        }
        List<OutputColumn> fitted = new ArrayList<>(columns.subList(0, first));
        OutputColumn any = any(columns.subList(first, columns.size() - behind));
        for (int i = 0; i < between; i++) {
            fitted.add(any);
        }
        fitted.addAll(columns.subList(columns.size() - behind, columns.size()));
        return named(fitted, names);
    }

    /** Whether it is known how many there are. */
    boolean isFixed() {
        return firstRepeating() < 0;
    }

    private int firstRepeating() {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).repeats()) {
                return i;
            }
        }
        return -1;
    }

    private int lastRepeating() {
        int last = columns.size() - 1;
        while (!columns.get(last).repeats()) {
            last--;
        }
        return last;
    }

    /** Where it is open how many columns each stands for, a column may be any of them. */
    private static OutputColumn any(List<OutputColumn> of) {
        Set<BaseColumn> from = new HashSet<>();
        for (OutputColumn column : of) {
            column.from().forEach(base -> from.add(base.made()));
        }
        return OutputColumn.made(from);
    }

    private static Optional<List<OutputColumn>> named(List<OutputColumn> columns, List<String> names) {
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.get(i).name();
            if (!name.isEmpty() && !name.equals(names.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(columns);
    }
}
