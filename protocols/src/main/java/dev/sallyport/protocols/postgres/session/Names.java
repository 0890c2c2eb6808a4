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
 * @param <T> what is named; each instance is a making of its own
 */
final class Names<T> {
    private final Map<String, List<T>> candidates = new HashMap<>();
    private final int most;
    private int size;

    Names(int most) {
        this.most = most;
    }

    boolean isFull() {
        return size >= most;
    }

    List<T> get(String name) {
        return candidates.getOrDefault(name, List.of());
    }

    /** {@code value} was sent to be made. */
    void making(String name, T value) {
        candidates.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
        size++;
    }

    /** {@code value} was made: what the name stood for before is gone. */
    void made(String name, T value) {
        List<T> of = candidates.get(name);
        if (of == null) {
            return;
        }
        int index = of.indexOf(value);
        if (index > 0) {
            of.subList(0, index).clear();
            size -= index;
        }
    }

    /** {@code value} was not made, or is gone. */
    void gone(String name, T value) {
        List<T> of = candidates.get(name);
        if (of == null) {
            return;
        }
        int index = of.indexOf(value);
        if (index >= 0) {
            of.remove(index);
            size--;
        }
        if (of.isEmpty()) {
            candidates.remove(name);
        }
    }

    /** All values, a copy. */
    List<T> all() {
        List<T> all = new ArrayList<>(size);
        candidates.values().forEach(all::addAll);
        return all;
    }
}
