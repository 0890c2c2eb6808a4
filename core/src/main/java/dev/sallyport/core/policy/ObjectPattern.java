package dev.sallyport.core.policy;

import dev.sallyport.core.command.ObjectRef;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A pattern for objects: {@code kind:name}, where {@code *} in the name stands for any text. For kinds whose names are
 * qualified by a schema, {@code schema.name}, a star does not reach over the dot, but for {@code kind:*}, which is every
 * object of the kind. {@code *} alone is every object. Names are compared exactly as the target's catalogue spells them.
 *
 * <p>It answers two different questions, because a name can be partly undetermined ({@code ?}) or hold a dot of its own:
 *
 * <ul>
 *   <li>{@link #covers}: is every object that this can be one of mine? This is what allowing asks. An undetermined part
 *       is covered by {@code *} in its place and by nothing else.
 *   <li>{@link #mayConcern}: is there an object that this can be and that is mine? This is what denying and holding ask.
 * </ul>
 */
public final class ObjectPattern {
    /** The kinds that objects have, as {@link ObjectRef} lists them. */
    public static final Set<String> KINDS = Set.of(
            "table",
            "function",
            "pure-function",
            "schema",
            "database",
            "role",
            "sequence",
            "type",
            "index",
            "extension",
            "setting",
            "transaction",
            "prepared",
            "cursor",
            "channel",
            "file",
            "program",
            "backend",
            "operator",
            "value",
            "other");

    private static final Set<String> QUALIFIED =
            Set.of("table", "function", "pure-function", "sequence", "type", "index", "operator");
    private static final Pattern FORM = Pattern.compile("\\*|[a-z][a-z-]*:[^\\p{Cntrl}]*");

    private final String text;
    private final boolean everyKind;
    private final String kind;
    private final String name;
    private final String[] parts;
    private final boolean everyName;
    private final boolean literal;

    private ObjectPattern(String text) {
        this.text = text;
        everyKind = text.equals("*");
        int colon = text.indexOf(':');
        kind = everyKind ? "*" : text.substring(0, colon);
        name = everyKind ? "*" : text.substring(colon + 1);
        literal = name.indexOf('*') < 0;
        parts = QUALIFIED.contains(kind) ? name.split("\\.", -1) : new String[] {name};
        everyName = name.equals("*") || (parts.length == 2 && name.equals("*.*"));
    }

    /** Reads {@code kind:name} or {@code *}. */
    public static ObjectPattern parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("object: '" + text + "' (expected: kind:name, kind:* or *)");
        }
        ObjectPattern pattern = new ObjectPattern(text);
        boolean qualified = QUALIFIED.contains(pattern.kind);
        if (qualified && !pattern.everyName && (pattern.parts.length != 2 || anyEmpty(pattern.parts))) {
            throw new IllegalArgumentException(
                    "object: '" + text + "' (expected: " + pattern.kind + ":schema.name or " + pattern.kind + ":*)");
        }
        return pattern;
    }

    /** Whether every object that {@code object} can be is one of this pattern's. */
    boolean covers(ObjectRef object) {
        if (!everyKind && !kind.equals(object.kind())) {
            return false;
        }
        if (everyName) {
            return true;
        }
        String other = object.name();
        if (literal) {
            return name.equals(other) && other.indexOf('?') < 0;
        }
        if (parts.length == 1) {
            return other.indexOf('?') < 0 && Glob.matches(name, other);
        }
        int dot = other.indexOf('.');
        return dot >= 0
                && other.indexOf('.', dot + 1) < 0
                && coversPart(parts[0], other, 0, dot)
                && coversPart(parts[1], other, dot + 1, other.length());
    }

    /** Whether there is an object that {@code object} can be and that is one of this pattern's. */
    boolean mayConcern(ObjectRef object) {
        if (!everyKind && !kind.equals(object.kind())) {
            return false;
        }
        return everyName || Glob.meet(name, object.name());
    }

    private static boolean coversPart(String pattern, String name, int from, int to) {
        if (pattern.equals("*")) {
            return true;
        }
        int unknown = name.indexOf('?', from);
        return (unknown < 0 || unknown >= to) && Glob.matches(pattern, name, from, to);
    }

    private static boolean anyEmpty(String[] parts) {
        return Arrays.stream(parts).anyMatch(String::isEmpty);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectPattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
