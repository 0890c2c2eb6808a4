package dev.sallyport.core.policy;

/**
 * A question whether a masked column equals a value, which an allowed command asks and which may be asked so often only.
 *
 * @param rule {@code policy/mask[0]}
 * @param column the columns that the mask is on, as {@code schema.table.column}
 * @param perMinute how often one identity may ask in a minute
 * @param times how often the command asks
 */
public record Guess(String rule, String column, int perMinute, int times) {
    public Guess {
        if (perMinute < 1 || times < 1) {
            throw new IllegalArgumentException(
                    "perMinute: " + perMinute + ", times: " + times + " (expected: > 0 each)");
        }
    }
}
