package dev.sallyport.core.policy;

/** A condition that cannot be used, and where in its text that shows. */
public final class InvalidConditionException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    InvalidConditionException(int line, int column, String message) {
        super(message);
        this.line = line;
        this.column = column;
    }

    /** The line within the condition, from 1. */
    public int line() {
        return line;
    }

    /** The column within that line, from 1. */
    public int column() {
        return column;
    }
}
