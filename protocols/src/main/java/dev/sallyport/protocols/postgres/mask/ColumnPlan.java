package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.core.masking.Mask;
import java.util.Optional;

/** What happens to the values of one column of an answer. */
public sealed interface ColumnPlan {
    /** They go through as they are. */
    record Pass() implements ColumnPlan {}

    /** What detectors find in them is masked. */
    record Detect() implements ColumnPlan {}

    /** The mask replaces them all. */
    record Replace(Mask mask) implements ColumnPlan {}

    /** The stricter of the masks on the column and on its name in the answer; without either, detectors look. */
    static ColumnPlan of(Optional<Mask> onColumn, Optional<Mask> onResult) {
        Optional<Mask> strictest = onColumn.map(mask ->
                        onResult.map(other -> Mask.stricter(mask, other)).orElse(mask))
                .or(() -> onResult);
        return strictest.<ColumnPlan>map(Replace::new).orElseGet(Detect::new);
    }
}
