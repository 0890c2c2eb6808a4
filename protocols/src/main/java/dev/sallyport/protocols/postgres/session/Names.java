package dev.sallyport.protocols.postgres.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a name stands for on the target, or may stand for while messages are under way: a Parse or Bind that was sent but
 * not answered adds a candidate, its answer makes it the only one, its failure takes it away. So a name is never judged
 * as something that the target does not have.
 *
 * <p>Up to the next Sync there is no doubt: had the newest candidate failed, the target would skip what comes behind it.
 * Behind the Sync there is, until its answer comes.
 *
 * @param <T> what is named; each instance is a making of its own
 */
final class Names<T> {
    private final Map<String, List<Candidate<T>>> candidates = new HashMap<>();
    private final int most;
    private int size;

    Names(int most) {
        this.most = most;
    }

    boolean isFull() {
        return size >= most;
    }

    private record Candidate<T>(T value, long epoch) {}

    /**
     * What the name may stand for in a message of this epoch.
     *
     * @param epoch how many Syncs were sent before the message
     */
    List<T> get(String name, long epoch) {
        List<Candidate<T>> of = candidates.get(name);
        if (of == null) {
            return List.of();
        }
        Candidate<T> newest = of.getLast();
        if (of.size() == 1 || newest.epoch() == epoch) {
            return List.of(newest.value());
        }
        return of.stream().map(Candidate::value).toList();
    }

    /** {@code value} was sent to be made, in a message of this epoch. */
    void making(String name, T value, long epoch) {
        candidates.computeIfAbsent(name, n -> new ArrayList<>(1)).add(new Candidate<>(value, epoch));
        size++;
    }

    /** {@code value} was made: what the name stood for before is gone. */
    void made(String name, T value) {
        List<Candidate<T>> of = candidates.get(name);
        int index = of == null ? -1 : indexOf(of, value);
        if (of != null && index > 0) {
            of.subList(0, index).clear();
            size -= index;
        }
    }

    /** {@code value} was not made, or is gone. */
    void gone(String name, T value) {
        List<Candidate<T>> of = candidates.get(name);
        int index = of == null ? -1 : indexOf(of, value);
        if (of == null || index < 0) {
            return;
        }
        of.remove(index);
        size--;
        if (of.isEmpty()) {
            candidates.remove(name);
        }
    }

    /** All values, a copy. */
    List<T> all() {
        List<T> all = new ArrayList<>(size);
        candidates.values().forEach(of -> of.forEach(candidate -> all.add(candidate.value())));
        return all;
    }

    private static <T> int indexOf(List<Candidate<T>> candidates, T value) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).value().equals(value)) {
                return i;
            }
        }
        return -1;
    }
}
