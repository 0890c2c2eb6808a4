package dev.sallyport.sql.postgres.parser;

import java.util.List;
import java.util.Objects;

/** What became of a text: its statements, or why there are none. */
public sealed interface ParseResult {

    /**
     * The text is valid PostgreSQL.
     *
     * @param statements in the order of the text; none for a text of nothing but white space, comments and semicolons
     */
    record Parsed(List<RawStatement> statements) implements ParseResult {
        public Parsed {
            statements = List.copyOf(statements);
        }
    }

    /**
     * There is no tree, so nothing is known about what the text would do.
     *
     * @param message says what is wrong; it may quote the text, so it is for the client who sent it and for the record
     *     of the command, not for a log
     * @param cursorPosition where in the text, in chars from 0; -1 when there is no such place
     */
    record Failed(Failure kind, String message, int cursorPosition) implements ParseResult {
        public Failed {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(message, "message");
            if (cursorPosition < -1) {
                throw new IllegalArgumentException("cursorPosition: %d (expected: >= -1)".formatted(cursorPosition));
            }
        }
    }

    /** Why there is no tree. */
    enum Failure {
        /** PostgreSQL would reject the text too. */
        SYNTAX,
        /** The text or its tree exceeds a bound on size. */
        TOO_LARGE,
        /** The text nests deeper than the bound. */
        TOO_DEEP,
        /** It took the parser longer than it may. */
        TIMEOUT,
        /** Too many others wait, or the parser was busy with them for too long: the same text may be read in a moment. */
        BUSY,
        /** The parser is at fault or closed, whatever the text. */
        ENGINE
    }
}
