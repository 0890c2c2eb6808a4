package dev.sallyport.core.policy;

import dev.sallyport.core.masking.MaskRules;
import java.util.List;

/**
 * What an allowed command carries along.
 *
 * @param masks what is hidden in its answer, errors and notices
 * @param limits where its answer is cut off
 * @param guesses what it asks of masked columns, to be counted before it runs
 */
public record Obligations(MaskRules masks, Limits limits, List<Guess> guesses) {
    public Obligations {
        guesses = List.copyOf(guesses);
    }

    /** Of a command that asks nothing of masked columns. */
    public Obligations(MaskRules masks, Limits limits) {
        this(masks, limits, List.of());
    }

    Obligations asking(List<Guess> asked) {
        return asked.isEmpty() ? this : new Obligations(masks, limits, asked);
    }
}
