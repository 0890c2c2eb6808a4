package dev.sallyport.server.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Collects faults, so that one run reports them all. What is read while there are faults is thrown away in the end; until
 * then a value that could not be read is stood in for by a harmless one.
 */
final class Faults {
    /** More than anybody reads; a file of another kind altogether would give one a line. */
    private static final int MAX = 200;

    private final List<Fault> found = new ArrayList<>();

    void add(Fault fault) {
        if (found.size() < MAX) {
            found.add(fault);
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** In the order in which a reader meets them. */
    List<Fault> sorted() {
        return found.stream()
                .distinct()
                .sorted(Comparator.comparing(Fault::file)
                        .thenComparingInt(Fault::line)
                        .thenComparingInt(Fault::column))
                .toList();
    }

    /**
     * Makes something of parts that were read since {@code before} faults were known. Without a new fault the record's own
     * checks have the last word, and their objection becomes a fault at {@code place}.
     */
    <T> Optional<T> make(int before, Value place, Supplier<T> maker) {
        if (found.size() > before) {
            return Optional.empty();
        }
        try {
            return Optional.of(maker.get());
        } catch (IllegalArgumentException e) {
            place.fault(String.valueOf(e.getMessage()), "");
            return Optional.empty();
        }
    }

    int count() {
        return found.size();
    }
}
