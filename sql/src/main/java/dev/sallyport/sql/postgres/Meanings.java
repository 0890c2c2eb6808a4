package dev.sallyport.sql.postgres;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What names of one kind may stand for. A statement that was forwarded may have failed, so a name keeps every meaning that
 * it may have, each with the moment in which it was given; what is confirmed to be gone takes the older ones away only,
 * since newer ones may have been sent behind it.
 */
final class Meanings {
    /** More than these meanings of one name, or names, and the name means anything. */
    private static final int MAX_MEANINGS = 16;

    private static final int MAX_NAMES = 10_000;

    private final Map<String, Map<Opened, Long>> names = new HashMap<>();

    /** A copy that another thread may read while the original goes on. */
    Meanings snapshot() {
        Meanings copy = new Meanings();
        names.forEach((name, meanings) -> copy.names.put(name, new LinkedHashMap<>(meanings)));
        return copy;
    }

    void add(String name, Opened meaning, long at) {
        if (!names.containsKey(name) && names.size() >= MAX_NAMES) {
            return;
        }
        Map<Opened, Long> known = names.computeIfAbsent(name, key -> new LinkedHashMap<>());
        if (known.size() >= MAX_MEANINGS && !known.containsKey(meaning)) {
            known.clear();
            known.put(new Opened(Analysis.failed("the name has had too many meanings"), List.of()), at);
        } else {
            known.put(meaning, at);
        }
    }

    void forget(String name) {
        names.remove(name);
    }

    /** What the name was given up to a moment is gone. */
    void gone(String name, long upTo) {
        names.computeIfPresent(name, (key, known) -> {
            known.values().removeIf(at -> at <= upTo);
            return known.isEmpty() ? null : known;
        });
    }

    void allGone(long upTo) {
        Set.copyOf(names.keySet()).forEach(name -> gone(name, upTo));
    }

    Set<Opened> of(String name) {
        return Set.copyOf(names.getOrDefault(name, Map.of()).keySet());
    }
}
