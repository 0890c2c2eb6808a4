package dev.sallyport.sql.postgres;

/** A value that a statement brings along. */
sealed interface Value {
    /**
     * A parameter.
     *
     * @param number from 1
     */
    record Parameter(int number) implements Value {}

    /**
     * A constant.
     *
     * @param place where the parser says that it begins, in UTF-8 bytes
     * @param signed whether that is its sign, which is no part of the constant in the text
     */
    record Literal(int place, boolean signed) implements Value {}

    /**
     * A value that an expression holds.
     *
     * @param whole whether it is that value still, and not made of it
     */
    record Carried(Value value, boolean whole) {
        Carried made() {
            return whole ? new Carried(value, false) : this;
        }
    }
}
