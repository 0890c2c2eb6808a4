package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.core.masking.Mask;
import java.util.Optional;

/** What happens to the values of one column of an answer. */
public sealed interface ColumnPlan {
    /** They go through as they are. */
    record Pass() implements ColumnPlan {}

    /** What detectors find in them is masked. */
    record Detect() implements ColumnPlan {}

    /**
     * The mask replaces them all, but for constant texts around each; a value that does not have these is redacted.
     *
     * @param prefix the text before, empty for none
     * @param suffix the text behind, empty for none
     */
    record Replace(Mask mask, String prefix, String suffix) implements ColumnPlan {
        public Replace(Mask mask) {
            this(mask, "", "");
        }

        boolean isWhole() {
            return prefix.isEmpty() && suffix.isEmpty();
        }
    }

    /** The stricter of the masks on the column and on its name in the answer; without either, detectors look. */
    static ColumnPlan of(Optional<Mask> onColumn, Optional<Mask> onResult) {
        Optional<Mask> strictest = onColumn.map(mask ->
                        onResult.map(other -> Mask.stricter(mask, other)).orElse(mask))
                .or(() -> onResult);
        return strictest.<ColumnPlan>map(mask -> new Replace(mask)).orElseGet(Detect::new);
    }
}
