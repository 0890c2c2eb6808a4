package dev.sallyport.core.command;

import java.util.List;
import java.util.Optional;

/**
 * The values that a command brings along, and what they are for. It is asked only where a mask may be on one of them, and
 * may find out by then.
 */
public interface CommandValues {
    /** Nothing is known of any of them. */
    CommandValues UNKNOWN = new CommandValues() {
        @Override
        public ValueUse parameter(int index) {
            return ValueUse.UNKNOWN;
        }

        @Override
        public List<Constant> constants() {
            return List.of();
        }
    };

    /** What the parameter at this place, from 0, is for. */
    ValueUse parameter(int index);

    /** What stands in the command's text and is the client's data, or may hold some of it, from left to right. */
    List<Constant> constants();

    /**
     * A stretch of the text.
     *
     * @param start where it begins, in chars
     * @param end behind its last char
     * @param form how it is written
     * @param value what it says; absent where that takes more than reading it, such as one with escapes, and where it is for
     *     no column
     */
    record Constant(int start, int end, Form form, Optional<String> value, ValueUse use) {
        public Constant {
            if (start < 0 || end <= start) {
                throw new IllegalArgumentException("constant: " + start + " to " + end + " (expected: not empty)");
            }
        }

        /** It is data of the client's, so it is not printed. */
        @Override
        public String toString() {
            return "Constant[" + form + ", " + start + " to " + end + "]";
        }
    }

    /** How a constant is written. */
    enum Form {
        /** A text or a number. */
        LITERAL,
        /** A comment, which may say anything. */
        COMMENT
    }
}
