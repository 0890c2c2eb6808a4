package dev.sallyport.core.masking;

import dev.sallyport.core.command.ColumnUse;
import java.util.Set;

/**
 * One set of {@link MaskRules} made ready to be applied. It is made once for a policy revision and an admission, not for
 * each command.
 *
 * @param rules what it was made from
 * @param columns the masks on columns
 * @param detectors the masks on what is recognised by its form
 * @param masker puts the masks on values
 */
public record Masks(MaskRules rules, ColumnMasks columns, Detectors detectors, Masker masker) {

    public static Masks of(MaskRules rules, Masker masker) {
        return new Masks(rules, new ColumnMasks(rules), new Detectors(rules.detectors(), masker), masker);
    }

    /** Whether any of {@code tables}, each {@code schema.name} or {@code ?}, may have a masked column. */
    public boolean touchAny(Set<String> tables) {
        if (rules.columns().isEmpty()) {
            return false;
        }
        for (String table : tables) {
            if (columns.touchesTable(table)) {
                return true;
            }
        }
        return false;
    }

    /** Whether any of these uses is one of what the server keeps elsewhere about the values of tables. */
    public boolean touchCopies(Set<ColumnUse> uses) {
        ServerCopies copies = columns.copies();
        if (copies.isEmpty()) {
            return false;
        }
        for (ColumnUse use : uses) {
            if (copies.kind(use.table(), use.column()).isPresent()) {
                return true;
            }
        }
        return false;
    }
}
