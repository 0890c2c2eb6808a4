package dev.sallyport.server.config;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A YAML value with the place where it stands. What it is read as, it either is, or a fault is noted. */
final class Value {
    private final Source source;
    private final String path;
    private final Node node;

    Value(Source source, String path, Node node) {
        this.source = source;
        this.path = path;
        this.node = node;
    }

    String path() {
        return path;
    }

    Source source() {
        return source;
    }

    int line() {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    int column() {
        return node.getStartMark().map(Mark::getColumn).orElse(0) + 1;
    }

    void fault(String message, String hint) {
        source.fault(line(), column(), path, message, hint);
    }

    boolean isText() {
        return node instanceof ScalarNode;
    }

    Optional<Block> block() {
        if (node instanceof MappingNode mapping) {
            return Optional.of(new Block(this, mapping));
        }
        fault("expected keys and values, found " + kind(), "");
        return Optional.empty();
    }

    List<Value> list() {
        if (!(node instanceof SequenceNode sequence)) {
            String hint =
                    node instanceof ScalarNode scalar && !scalar.getValue().isEmpty()
                            ? "write [" + scalar.getValue() + "]"
                            : "";
            fault("expected a list, found " + kind(), hint);
            return List.of();
        }
        List<Value> values = new ArrayList<>();
        for (Node element : sequence.getValue()) {
            values.add(new Value(source, path + "[" + values.size() + "]", element));
        }
        return values;
    }

    Optional<String> text() {
        if (node instanceof ScalarNode scalar
                && !scalar.getTag().equals(Tag.NULL)
                && !scalar.getValue().isEmpty()) {
            return Optional.of(scalar.getValue());
        }
        fault("expected a text, found " + kind(), "");
        return Optional.empty();
    }

    /** A text that may be empty, or the word null: for the few values where either means something. */
    Optional<String> word() {
        if (node instanceof ScalarNode scalar
                && (!scalar.isPlain() || !scalar.getValue().isEmpty())) {
            return Optional.of(scalar.getValue());
        }
        fault("expected a text, found " + kind(), "");
        return Optional.empty();
    }

    Optional<Boolean> flag() {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
            return Optional.of(Boolean.parseBoolean(scalar.getValue()));
        }
        fault("expected true or false, found " + kind(), "");
        return Optional.empty();
    }

    Optional<Long> number(long least, long most) {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.INT)) {
            return within(scalar.getValue(), least, most);
        }
        fault("expected a whole number, found " + kind(), "");
        return Optional.empty();
    }

    Optional<Long> size(long least, long most) {
        Optional<String> text = text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong size = Units.size(text.get());
        if (size.isEmpty()) {
            fault("'" + text.get() + "' is not a size", "write for example 65536, 64KiB or 50MB");
            return Optional.empty();
        }
        return within(Long.toString(size.getAsLong()), least, most);
    }

    Optional<Duration> duration(Duration least, Duration most) {
        Optional<String> text = text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<Duration> duration = Units.duration(text.get());
        if (duration.isEmpty()) {
            String number = text.get().matches("\\d{1,9}") ? text.get() : "10";
            fault("'" + text.get() + "' is not a duration", "write for example " + number + "s or " + number + "m");
        } else if (duration.get().compareTo(least) < 0 || duration.get().compareTo(most) > 0) {
            fault("'" + text.get() + "' is out of range", "from " + shown(least) + " to " + shown(most));
            return Optional.empty();
        }
        return duration;
    }

    /** One of a few words. */
    <T> Optional<T> choice(Map<String, T> choices) {
        Optional<String> word = word();
        if (word.isEmpty()) {
            return Optional.empty();
        }
        T chosen = choices.get(word.get());
        if (chosen == null) {
            unknown(word.get(), choices.keySet());
        }
        return Optional.ofNullable(chosen);
    }

    void unknown(String written, Collection<String> known) {
        fault("'" + written + "' is not known here", Suggestion.hint(written, known));
    }

    private Optional<Long> within(String digits, long least, long most) {
        try {
            BigInteger number = new BigInteger(digits);
            if (number.compareTo(BigInteger.valueOf(least)) >= 0 && number.compareTo(BigInteger.valueOf(most)) <= 0) {
                return Optional.of(number.longValueExact());
            }
        } catch (NumberFormatException octalOrHex) {
            fault("'" + digits + "' is not a decimal number", "");
            return Optional.empty();
        }
        fault(digits + " is out of range", "from " + least + " to " + most);
        return Optional.empty();
    }

    private String kind() {
        if (node instanceof ScalarNode scalar) {
            return scalar.getTag().equals(Tag.NULL) || scalar.getValue().isEmpty()
                    ? "nothing"
                    : "'" + scalar.getValue() + "'";
        }
        return node instanceof SequenceNode ? "a list" : "keys and values";
    }

    private static String shown(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    Optional<ScalarNode> scalar() {
        return node instanceof ScalarNode scalar ? Optional.of(scalar) : Optional.empty();
    }
}
