package dev.sallyport.sql.postgres;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Columns and values that meet in one place, so that each may tell of the others: the two sides of a comparison, the
 * arguments of a function, the branches of a CASE.
 *
 * @param origins the columns, by where they come from; values may come with them
 * @param values the values that stand there themselves
 * @param by the function that mixes them, null where it is none
 */
record Mixture(Way way, List<? extends Origin> origins, List<Value.Carried> values, Claims.@Nullable Call by) {
    /** How they meet. */
    enum Way {
        /** They are compared as they are, and those that are found equal are one and the same. */
        COMPARED,
        /** One is taken in another's place. */
        INSTEAD,
        /** Something else is made of them. */
        MADE
    }
}
