package dev.sallyport.core.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A stored event's map, taken from CBOR. What is absent reads as empty; what is of another type than expected is an
 * {@link IllegalArgumentException}, as is anything that is not one well-formed map.
 */
final class EventFields {
    /** An event holds lists of maps, and nothing deeper. */
    private static final int MAX_DEPTH = 4;

    private final Map<Key, Object> values;

    private EventFields(Map<Key, Object> values) {
        this.values = values;
    }

    static EventFields parse(JsonParser in) {
        try {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("payload is not a map");
            }
            EventFields fields = new EventFields(map(in, 1));
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("payload has more than one map");
            }
            return fields;
        } catch (JacksonException notCbor) {
            throw new IllegalArgumentException("payload is not CBOR: " + notCbor.getOriginalMessage(), notCbor);
        }
    }

    private static Map<Key, Object> map(JsonParser in, int depth) {
        Map<Key, Object> values = new EnumMap<>(Key.class);
        for (JsonToken token = in.nextToken(); token != JsonToken.END_OBJECT; token = in.nextToken()) {
            Key key = Key.ofCode(in.currentName());
            Object value = value(in, in.nextToken(), depth);
            if (key != null && value != null && values.put(key, value) != null) {
                // Another reader might take the other one.
                throw new IllegalArgumentException("payload has '" + key.label() + "' twice");
            }
        }
        return values;
    }

    private static List<Object> list(JsonParser in, int depth) {
        List<Object> values = new ArrayList<>();
        for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
            Object value = value(in, token, depth);
            values.add(value == null ? Optional.empty() : value);
        }
        return values;
    }

    private static @Nullable Object value(JsonParser in, @Nullable JsonToken token, int depth) {
        if (token == null || depth >= MAX_DEPTH) {
            throw new IllegalArgumentException("payload is cut short or too deep");
        }
        return switch (token) {
            case START_OBJECT -> new EventFields(map(in, depth + 1));
            case START_ARRAY -> list(in, depth + 1);
            case VALUE_STRING -> in.getString();
            case VALUE_NUMBER_INT -> in.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_EMBEDDED_OBJECT -> in.getBinaryValue();
            case VALUE_NULL -> null;
            case VALUE_NUMBER_FLOAT, NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME ->
                throw new IllegalArgumentException("payload has an unexpected " + token);
        };
    }

    /** With what another one has and this one has not. */
    EventFields and(EventFields more) {
        Map<Key, Object> all = new EnumMap<>(more.values);
        all.putAll(values);
        return new EventFields(all);
    }

    /** With one more. */
    EventFields with(Key key, String value) {
        Map<Key, Object> all = new EnumMap<>(values);
        all.put(key, value);
        return new EventFields(all);
    }

    boolean has(Key key) {
        return values.containsKey(key);
    }

    /** Those of a list that are not null, in their places. */
    List<Optional<byte[]>> values(Key key) {
        return values(key, get(key, List.class).orElse(List.of()));
    }

    private static List<Optional<byte[]>> values(Key key, List<?> elements) {
        List<Optional<byte[]>> all = new ArrayList<>();
        for (Object element : elements) {
            all.add(element instanceof Optional ? Optional.empty() : Optional.of(cast(key, byte[].class, element)));
        }
        return all;
    }

    /** A list of such lists; empty where there is something else. */
    Optional<List<List<Optional<byte[]>>>> rows(Key key) {
        if (!(values.get(key) instanceof List<?>)) {
            return Optional.empty();
        }
        return Optional.of(each(key, List.class, row -> values(key, row)));
    }

    String text(Key key) {
        return get(key, String.class).orElse("");
    }

    Optional<String> optionalText(Key key) {
        return get(key, String.class);
    }

    long number(Key key) {
        return get(key, Long.class).orElse(0L);
    }

    int count(Key key) {
        long number = number(key);
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("'" + key.label() + "' is " + number + ", which is out of bounds");
        }
        return (int) number;
    }

    boolean flag(Key key, boolean absent) {
        return get(key, Boolean.class).orElse(absent);
    }

    Optional<byte[]> bytes(Key key) {
        return get(key, byte[].class);
    }

    /** Stored as microseconds since 1970. */
    Instant time(Key key) {
        return Instant.EPOCH.plus(number(key), ChronoUnit.MICROS);
    }

    List<String> texts(Key key) {
        return each(key, String.class, text -> text);
    }

    <T> List<T> maps(Key key, Function<EventFields, T> read) {
        return each(key, EventFields.class, read);
    }

    private <E, T> List<T> each(Key key, Class<E> type, Function<E, T> read) {
        List<T> all = new ArrayList<>();
        for (Object element : get(key, List.class).orElse(List.of())) {
            all.add(read.apply(cast(key, type, element)));
        }
        return List.copyOf(all);
    }

    private <T> Optional<T> get(Key key, Class<T> type) {
        Object value = values.get(key);
        return value == null ? Optional.empty() : Optional.of(cast(key, type, value));
    }

    private static <T> T cast(Key key, Class<T> type, Object value) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("'" + key.label() + "' is a "
                    + value.getClass().getSimpleName() + " (expected: " + type.getSimpleName() + ")");
        }
        return type.cast(value);
    }
}
