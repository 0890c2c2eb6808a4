package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.core.masking.Detectors;
import dev.sallyport.protocols.postgres.wire.ErrorFields;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Masks the texts that come beside rows: errors, notices, the payloads of notifications.
 *
 * <p>Source of the fields' codes: PostgreSQL 18 documentation, 54.8 "Error and Notice Message Fields".
 */
public final class TextScrubber {
    /** What hint, detail and context give way to. */
    public static final String WITHHELD = "withheld: the command touches masked columns";

    private final Detectors detectors;

    public TextScrubber(Detectors detectors) {
        this.detectors = detectors;
    }

    /**
     * An error or notice of a command that touches a table with masks: severity, SQLSTATE, positions and the names of
     * objects stay, the message becomes the SQLSTATE's condition, every other text goes, also that of codes that are not
     * known.
     */
    public ErrorFields withheld(ErrorFields fields) {
        return withheld(fields, SqlStates::isWellFormed, SqlStates.INTERNAL, name -> true);
    }

    /**
     * The same where code that is not PostgreSQL's own may have raised it, with fields as it likes: of SQLSTATEs only those
     * stay that PostgreSQL has, of names only those that are known.
     *
     * @param isKnown whether what stands under this code is the name of something
     */
    public ErrorFields withheld(ErrorFields fields, Predicate<Character> isKnown) {
        return withheld(fields, SqlStates::isKnown, SqlStates.RAISED, isKnown);
    }

    private ErrorFields withheld(
            ErrorFields fields, Predicate<String> stays, String otherwise, Predicate<Character> isKnown) {
        String state = fields.get(ErrorFields.SQLSTATE);
        String shown = stays.test(state) ? state : otherwise;
        Map<Character, String> kept = new LinkedHashMap<>();
        fields.byCode().forEach((code, text) -> {
            switch (code.charValue()) {
                case ErrorFields.MESSAGE -> kept.put(code, SqlStates.conditionOf(stays.test(state) ? state : ""));
                case ErrorFields.SQLSTATE -> kept.put(code, shown);
                case ErrorFields.SEVERITY,
                        ErrorFields.SEVERITY_UNLOCALIZED,
                        ErrorFields.POSITION,
                        'F', // file, line and routine of the server's source
                        'L',
                        'R' -> kept.put(code, detectors.mask(text));
                case ErrorFields.SCHEMA,
                        ErrorFields.TABLE,
                        ErrorFields.COLUMN,
                        ErrorFields.DATA_TYPE,
                        ErrorFields.CONSTRAINT -> {
                    if (isKnown.test(code)) {
                        kept.put(code, detectors.mask(text));
                    }
                }
                case ErrorFields.DETAIL -> kept.put(code, WITHHELD);
                default -> {}
            }
        });
        return new ErrorFields(kept);
    }

    /** Any other error or notice: what detectors find in its texts is masked. */
    public ErrorFields scrubbed(ErrorFields fields) {
        if (detectors.isEmpty()) {
            return fields;
        }
        Map<Character, String> masked = new LinkedHashMap<>();
        boolean changed = false;
        for (Map.Entry<Character, String> field : fields.byCode().entrySet()) {
            boolean code = field.getKey() == ErrorFields.SQLSTATE;
            String text = code ? field.getValue() : detectors.mask(field.getValue());
            changed |= !text.equals(field.getValue());
            masked.put(field.getKey(), text);
        }
        return changed ? new ErrorFields(masked) : fields;
    }

    /** A text on its own, such as a notification's payload. */
    public String scrubbed(String text) {
        return detectors.mask(text);
    }
}
