package dev.sallyport.core.identity;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON objects from strangers. Whatever two readers could understand differently is refused: a key that comes twice,
 * bytes that are no UTF-8, NUL and lone surrogates in strings, anything behind the object. Depth and numbers are
 * bounded; the callers bound the size.
 */
final class StrictJson {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxNumberLength(100)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /**
     * The object's members as String, Boolean, Long, Double, List and Map; members that are null are left out, as absent.
     *
     * @throws IllegalArgumentException without a word of the text, which may be secret
     */
    static Map<String, Object> object(byte[] utf8) {
        return object(decode(utf8));
    }

    private static Map<String, Object> object(String text) {
        Object value;
        try {
            value = MAPPER.readValue(text, Object.class);
        } catch (JacksonException e) {
            // Neither its message nor its cause: both may quote the text.
            throw new IllegalArgumentException("not a JSON object that can be read in one way only");
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("JSON, but not an object");
        }
        return members(map);
    }

    private static String decode(byte[] utf8) {
        try {
            // Not left to the parser, which would guess UTF-16 and UTF-32 from the first bytes.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8");
        }
    }

    private static Map<String, Object> members(Map<?, ?> map) {
        Map<String, Object> members = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value != null) {
                members.put(text((String) key), value(value));
            }
        });
        return Map.copyOf(members);
    }

    private static List<Object> elements(List<?> list) {
        List<Object> elements = new ArrayList<>();
        for (@Nullable Object element : list) {
            if (element != null) {
                elements.add(value(element));
            }
        }
        return List.copyOf(elements);
    }

    private static Object value(Object value) {
        return switch (value) {
            case String text -> text(text);
            case Boolean truth -> truth;
            case Integer number -> number.longValue();
            case Long number -> number;
            case Number number -> number.doubleValue();
            case List<?> list -> elements(list);
            case Map<?, ?> map -> members(map);
            default -> throw new IllegalArgumentException("a JSON value of no known kind");
        };
    }

    private static String text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new IllegalArgumentException("a string with NUL");
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new IllegalArgumentException("a string with half a character");
            }
        }
        return text;
    }
}
