package dev.sallyport.core.masking;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The masks that apply to one identity on one target, all policies taken together.
 *
 * @param columns masks on the columns of tables
 * @param results masks on columns of an answer by their name there
 * @param detectors masks on whatever looks like this, in any value and text
 * @param copies what the server keeps elsewhere that is redacted; none where no columns are masked
 */
public record MaskRules(
        List<ColumnMask> columns,
        List<ResultMask> results,
        Map<Detector, Mask> detectors,
        Set<ServerCopies.Kind> copies) {
    /** Nothing is masked. */
    public static final MaskRules NONE = new MaskRules(List.of(), List.of(), Map.of());

    public MaskRules {
        columns = List.copyOf(columns);
        results = List.copyOf(results);
        detectors = Map.copyOf(detectors);
        copies = Set.copyOf(copies);
        if (columns.isEmpty() && !copies.isEmpty()) {
            throw new IllegalArgumentException("copies: " + copies + " (expected: none without masks on columns)");
        }
    }

    /** Rules that leave alone what the server keeps elsewhere. */
    public MaskRules(List<ColumnMask> columns, List<ResultMask> results, Map<Detector, Mask> detectors) {
        this(columns, results, detectors, Set.of());
    }

    public boolean isEmpty() {
        return columns.isEmpty() && results.isEmpty() && detectors.isEmpty();
    }

    /**
     * A mask on columns of tables. Each part is a name or a pattern with {@code *}.
     *
     * @param schema the schema's name
     * @param table the table's name
     * @param column the column's name
     * @param with what stands in its place
     * @param exempt built-in functions and aggregates whose answer for the column alone is shown, by name without schema
     */
    public record ColumnMask(String schema, String table, String column, Mask with, Set<String> exempt) {
        public ColumnMask {
            exempt = Set.copyOf(exempt);
            if (exempt.contains("")) {
                throw new IllegalArgumentException("exempt: '' (expected: a function's name)");
            }
        }

        /** A mask on whatever is made of the column. */
        public ColumnMask(String schema, String table, String column, Mask with) {
            this(schema, table, column, with, Set.of());
        }
    }

    /**
     * A mask on columns of an answer.
     *
     * @param column the name, or pattern with {@code *}, compared without regard to case
     * @param with what stands in its place
     */
    public record ResultMask(String column, Mask with) {}
}
