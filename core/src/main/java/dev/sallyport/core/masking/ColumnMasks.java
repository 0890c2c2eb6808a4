package dev.sallyport.core.masking;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The masks on columns of one {@link MaskRules}, ready to be asked, those on {@link ServerCopies} among them. Where several
 * cover a column the strictest counts.
 * Names are compared without regard to case: of two columns that differ in nothing else, a mask on one hides both.
 */
public final class ColumnMasks {
    /** No column is masked. */
    public static final ColumnMasks NONE = new ColumnMasks(MaskRules.NONE);

    /** What stands for a name that could not be determined. */
    private static final String UNDETERMINED = "?";

    private static final String ALL = "*";

    private static final Mask ON_COPIES = new Mask.Redact();

    private final List<OfColumn> columns;
    private final List<OfResult> results;
    private final ServerCopies copies;

    public ColumnMasks(MaskRules rules) {
        columns = rules.columns().stream()
                .map(rule -> new OfColumn(
                        new Glob(rule.schema()),
                        new Glob(rule.table()),
                        new Glob(rule.column()),
                        rule.with(),
                        rule.exempt()))
                .toList();
        results = rules.results().stream()
                .map(rule -> new OfResult(new Glob(rule.column()), rule.with()))
                .toList();
        copies = ServerCopies.of(rules.copies());
    }

    public boolean isEmpty() {
        return columns.isEmpty() && results.isEmpty();
    }

    /** The strictest mask on a table's column. */
    public Optional<Mask> ofColumn(String schema, String table, String column) {
        String foldedSchema = Glob.fold(schema);
        String foldedTable = Glob.fold(table);
        String foldedColumn = Glob.fold(column);
        Optional<Mask> strictest = columns.stream()
                .filter(rule -> rule.isOn(foldedSchema, foldedTable) && rule.column.matches(foldedColumn))
                .map(OfColumn::with)
                .reduce(Mask::stricter);
        return withCopies(strictest, schema + "." + table, column);
    }

    /** What the server keeps elsewhere about the values of tables, and these masks redact. */
    public ServerCopies copies() {
        return copies;
    }

    private Optional<Mask> withCopies(Optional<Mask> mask, String qualified, String column) {
        if (copies.kind(qualified, column).isEmpty()) {
            return mask;
        }
        return Optional.of(mask.map(own -> Mask.stricter(own, ON_COPIES)).orElse(ON_COPIES));
    }

    /** The strictest mask on a column of an answer by the name it has there. */
    public Optional<Mask> ofResult(String name) {
        String folded = Glob.fold(name);
        return results.stream()
                .filter(rule -> rule.column.matches(folded))
                .map(OfResult::with)
                .reduce(Mask::stricter);
    }

    /**
     * Whether any column of the table may be masked, by more than what {@link #copies} says; a part given as {@code ?}
     * could be any name.
     */
    public boolean touchesTable(String schema, String table) {
        String foldedSchema = Glob.fold(schema);
        String foldedTable = Glob.fold(table);
        return columns.stream().anyMatch(rule -> rule.mayBeOn(foldedSchema, foldedTable));
    }

    /**
     * Whether any column of a table given as {@code schema.name} may be masked, as commands name their tables. A lone
     * {@code ?} could be any; since a name may itself hold dots, every way to part it counts.
     */
    public boolean touchesTable(String qualified) {
        return columns.stream().anyMatch(rule -> rule.mayBeOn(qualified));
    }

    /**
     * The strictest mask that may be on {@code column} of the table given as {@code schema.name}; {@code ?} for the table
     * and {@code *} for the column stand for all of them.
     */
    public Optional<Mask> strictest(String qualified, String column) {
        return strictest(qualified, column, "");
    }

    /**
     * As {@link #strictest(String, String)}, of what a function tells of the column alone.
     *
     * @param through the built-in function's name, empty where it is the column or anything else
     */
    public Optional<Mask> strictest(String qualified, String column, String through) {
        String folded = Glob.fold(column);
        Optional<Mask> strictest = columns.stream()
                .filter(rule -> !rule.exempt.contains(through))
                .filter(rule -> column.equals(ALL) || column.equals(UNDETERMINED) || rule.column.matches(folded))
                .filter(rule -> rule.mayBeOn(qualified))
                .map(OfColumn::with)
                .reduce(Mask::stricter);
        return withCopies(strictest, qualified, column);
    }

    /**
     * Whether a use of {@code column} of the table given as {@code schema.name} may be a use of a masked column.
     * {@code ?} for the table and {@code *} for the column stand for all of them.
     */
    public boolean touchesColumn(String qualified, String column) {
        return strictest(qualified, column).isPresent();
    }

    private record OfColumn(Glob schema, Glob table, Glob column, Mask with, Set<String> exempt) {
        boolean isOn(String foldedSchema, String foldedTable) {
            return schema.matches(foldedSchema) && table.matches(foldedTable);
        }

        boolean mayBeOn(String foldedSchema, String foldedTable) {
            return (foldedSchema.equals(UNDETERMINED) || schema.matches(foldedSchema))
                    && (foldedTable.equals(UNDETERMINED) || table.matches(foldedTable));
        }

        boolean mayBeOn(String qualified) {
            if (qualified.equals(UNDETERMINED)) {
                return true;
            }
            String folded = Glob.fold(qualified);
            for (int dot = folded.indexOf('.'); dot >= 0; dot = folded.indexOf('.', dot + 1)) {
                if (mayBeOn(folded.substring(0, dot), folded.substring(dot + 1))) {
                    return true;
                }
            }
            return folded.indexOf('.') < 0 && mayBeOn(UNDETERMINED, folded);
        }
    }

    private record OfResult(Glob column, Mask with) {}
}
