package dev.sallyport.sql.postgres;

import java.util.List;
import java.util.Optional;

/**
 * What the text of one message says, before any name in it is resolved. Immutable, and shared between sessions.
 *
 * @param statements in order; empty for an empty message and for one that could not be read
 * @param failure why the text could not be read; empty where it could
 * @param constants where its constants begin, in UTF-8 bytes, ascending
 * @param isPostponed whether it was not looked at, so that the same text may be read another time
 */
public record Analysis(
        List<Statement> statements, Optional<String> failure, List<Integer> constants, boolean isPostponed) {
    public Analysis {
        statements = List.copyOf(statements);
        constants = List.copyOf(constants);
    }

    /** One of whose text nothing else is known. */
    public Analysis(List<Statement> statements, Optional<String> failure) {
        this(statements, failure, List.of(), false);
    }

    static Analysis postponed(String reason) {
        return new Analysis(List.of(), Optional.of(reason), List.of(), true);
    }

    static Analysis failed(String reason) {
        return new Analysis(List.of(), Optional.of(reason));
    }

    public boolean understood() {
        return failure.isEmpty();
    }
}
