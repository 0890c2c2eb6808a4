package dev.sallyport.server.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Keys and values. Each key that is asked for is thereby known; {@link #end} makes a fault of every other one, so the
 * code that reads a block is also the list of what may stand in it.
 */
final class Block {
    private record Entry(Value key, Value value) {}

    private final Value place;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();

    Block(Value place, MappingNode mapping) {
        this.place = place;
        for (NodeTuple tuple : mapping.getValue()) {
            add(tuple);
        }
    }

    private void add(NodeTuple tuple) {
        Node keyNode = tuple.getKeyNode();
        Value key = new Value(place.source(), place.path(), keyNode);
        if (!(keyNode instanceof ScalarNode scalar)) {
            key.fault("a key must be a text", "");
            return;
        }
        String name = scalar.getValue();
        String path = place.path().isEmpty() ? name : place.path() + "." + name;
        Value placed = new Value(place.source(), path, keyNode);
        Entry before =
                entries.putIfAbsent(name, new Entry(placed, new Value(place.source(), path, tuple.getValueNode())));
        if (before != null) {
            placed.fault(
                    "the key stands here twice", "first at line " + before.key().line());
        }
    }

    Value place() {
        return place;
    }

    Faults faults() {
        return place.source().faults();
    }

    Optional<Value> find(String key) {
        known.add(key);
        return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    Optional<Value> need(String key) {
        Optional<Value> value = find(key);
        if (value.isEmpty()) {
            String path = place.path().isEmpty() ? key : place.path() + "." + key;
            place.source().fault(place.line(), place.column(), path, "is missing", misspelt(key));
        }
        return value;
    }

    /** The text at {@code key}; an empty one stands in for it where it is missing. */
    String text(String key) {
        return need(key).flatMap(Value::text).orElse("");
    }

    String text(String key, String otherwise) {
        return find(key).flatMap(Value::text).orElse(otherwise);
    }

    boolean flag(String key, boolean otherwise) {
        return find(key).flatMap(Value::flag).orElse(otherwise);
    }

    int number(String key, int least, int most, int otherwise) {
        return find(key)
                .flatMap(value -> value.number(least, most))
                .map(Math::toIntExact)
                .orElse(otherwise);
    }

    long number(String key, long least, long otherwise) {
        return find(key).flatMap(value -> value.number(least, Long.MAX_VALUE)).orElse(otherwise);
    }

    long size(String key, long least, long most, long otherwise) {
        return find(key).flatMap(value -> value.size(least, most)).orElse(otherwise);
    }

    Duration duration(String key, Duration least, Duration most, Duration otherwise) {
        return find(key).flatMap(value -> value.duration(least, most)).orElse(otherwise);
    }

    List<Value> list(String key) {
        return find(key).map(Value::list).orElse(List.of());
    }

    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        list(key).forEach(value -> value.text().ifPresent(texts::add));
        return texts;
    }

    Optional<Block> block(String key) {
        return find(key).flatMap(Value::block);
    }

    /** All keys with their values, for the few blocks whose keys are names that the reader does not know. */
    Map<String, Value> all() {
        Map<String, Value> all = new LinkedHashMap<>();
        entries.forEach((name, entry) -> all.put(name, entry.value()));
        known.addAll(entries.keySet());
        return all;
    }

    /** To be called once everything that may stand here was asked for. */
    void end() {
        entries.forEach((name, entry) -> {
            if (!known.contains(name)) {
                entry.key().fault("the key '" + name + "' is not known here", Suggestion.hint(name, unused()));
            }
        });
    }

    /** What may have been meant: keys that are already there were not, unless all of them are. */
    private Collection<String> unused() {
        List<String> unused =
                known.stream().filter(name -> !entries.containsKey(name)).toList();
        return unused.isEmpty() ? known : unused;
    }

    private String misspelt(String key) {
        return entries.keySet().stream()
                .filter(name -> !known.contains(name)
                        && Suggestion.hint(name, List.of(key)).startsWith("did"))
                .findFirst()
                .map(name -> "is '" + name + "' meant to be it?")
                .orElse("");
    }
}
