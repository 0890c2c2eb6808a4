package dev.sallyport.core.masking;

/** What stands in a value's place. */
public sealed interface Mask {
    /** A fixed text, or the nearest that the value's type allows. */
    record Redact() implements Mask {}

    /** No value at all. */
    record Null() implements Mask {}

    /** Stars but for the last {@code characters}; a value no longer than twice that is redacted whole. */
    record KeepLast(int characters) implements Mask {
        public KeepLast {
            requirePositive(characters);
        }
    }

    /** Stars but for the first {@code characters}; a value no longer than twice that is redacted whole. */
    record KeepFirst(int characters) implements Mask {
        public KeepFirst {
            requirePositive(characters);
        }
    }

    /** A keyed hash, so that equal values stay equal and nothing else is learnt. */
    record Hash() implements Mask {}

    /** The one of two masks that shows less: null, redact, hash, then the one that keeps fewer characters. */
    static Mask stricter(Mask one, Mask other) {
        return strictness(one) >= strictness(other) ? one : other;
    }

    /**
     * Whether {@code text} has the form that this mask gives to texts, so that it may be a masked value on its way back. A
     * redacted value that was cut to a short column's length is not recognised; what only happens to look like a hash is.
     */
    default boolean mayHaveMade(String text) {
        return switch (this) {
            case Redact() -> text.equals(Masker.REDACTED);
            case Null() -> false;
            case KeepLast(int kept) -> text.equals(Masker.REDACTED) || Masker.isKeptLast(text, kept);
            case KeepFirst(int kept) -> text.equals(Masker.REDACTED) || Masker.isKeptFirst(text, kept);
            case Hash() -> Masker.isHash(text);
        };
    }

    private static int strictness(Mask mask) {
        return switch (mask) {
            case Null() -> Integer.MAX_VALUE;
            case Redact() -> Integer.MAX_VALUE - 1;
            case Hash() -> Integer.MAX_VALUE - 2;
            case KeepLast(int characters) -> -characters;
            case KeepFirst(int characters) -> -characters;
        };
    }

    private static void requirePositive(int characters) {
        if (characters < 1) {
            throw new IllegalArgumentException("characters: " + characters + " (expected: > 0)");
        }
    }
}
