package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.CommandValues;
import dev.sallyport.core.command.ValueUse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the constants and parameters of a message are for. One that is not in here may be for anything. Texts of one
 * {@link Template} share this; which constant is which is told by their order.
 */
public final class ValueUses {
    /** A longer text is not analysed either, so all of it counts as one that may say anything. */
    private static final int MAX_LEXED = 1 << 20;

    /** Nothing is known of any of them. */
    static final ValueUses UNKNOWN = new ValueUses(Map.of(), List.of(), false);

    private final Map<Value, ValueUse> parameters = new HashMap<>();
    /** By the order of the constants; null for one of which nothing is known. */
    private final @Nullable ValueUse[] literals;

    private final boolean harmless;

    /**
     * What was found.
     *
     * @param places where the constants begin in the text that was analysed, ascending
     * @param harmless whether no constant of the text is anybody's data
     */
    ValueUses(Map<Value, Set<BaseColumn>> uses, List<Integer> places, boolean harmless) {
        this.harmless = harmless;
        this.literals = new ValueUse[places.size()];
        // Many constants are for the same columns, as those of an INSERT of many rows.
        Map<Set<BaseColumn>, ValueUse> known = new HashMap<>();
        uses.forEach((value, columns) -> {
            ValueUse use = known.computeIfAbsent(columns, ValueUses::use);
            switch (value) {
                case Value.Parameter parameter -> parameters.put(parameter, use);
                case Value.Literal(int place, boolean signed) -> {
                    int order = Collections.binarySearch(places, place);
                    // Behind a sign it is the next one.
                    add(order < 0 && signed ? -order - 1 : order, use);
                }
            }
        });
    }

    private void add(int order, ValueUse use) {
        if (order >= 0 && order < literals.length) {
            ValueUse before = literals[order];
            literals[order] = before == null ? use : both(before, use);
        }
    }

    private static ValueUse both(ValueUse one, ValueUse other) {
        Set<ValueUse.OfColumn> columns = new LinkedHashSet<>(one.columns());
        columns.addAll(other.columns());
        return new ValueUse(columns);
    }

    /** These, as a command with this text needs them; it is the text that was analysed, or one of its template. */
    CommandValues in(String text) {
        return new CommandValues() {
            @Override
            public ValueUse parameter(int index) {
                return parameters.getOrDefault(new Value.Parameter(index + 1), ValueUse.UNKNOWN);
            }

            @Override
            public List<Constant> constants() {
                return ValueUses.this.constants(text);
            }
        };
    }

    private List<CommandValues.Constant> constants(String text) {
        if (text.length() > MAX_LEXED) {
            return List.of(new CommandValues.Constant(
                    0, text.length(), CommandValues.Form.COMMENT, Optional.empty(), ValueUse.UNKNOWN));
        }
        List<Constants.Found> found = Constants.in(text);
        int count = 0;
        for (Constants.Found each : found) {
            count += each.kind() == Constants.Kind.COMMENT ? 0 : 1;
        }
        boolean same = count == literals.length;
        List<CommandValues.Constant> constants = new ArrayList<>(found.size());
        int order = 0;
        for (Constants.Found each : found) {
            ValueUse use = null;
            if (each.kind() != Constants.Kind.COMMENT) {
                use = harmless ? ValueUse.NONE : same ? literals[order++] : null;
            }
            constants.add(constant(text, each, use == null ? ValueUse.UNKNOWN : use));
        }
        return constants;
    }

    private static CommandValues.Constant constant(String text, Constants.Found found, ValueUse use) {
        CommandValues.Form form =
                found.kind() == Constants.Kind.COMMENT ? CommandValues.Form.COMMENT : CommandValues.Form.LITERAL;
        // Only what a mask may be on is looked at more closely.
        Optional<String> value = use.columns().isEmpty() ? Optional.empty() : value(text, found);
        return new CommandValues.Constant(found.start(), found.end(), form, value, use);
    }

    private static Optional<String> value(String text, Constants.Found found) {
        String written = text.substring(found.start(), found.end());
        return switch (found.kind()) {
            case QUOTED -> unquoted(written);
            case NUMBER -> Optional.of(written);
            case OTHER, COMMENT -> Optional.empty();
        };
    }

    private static Optional<String> unquoted(String written) {
        boolean whole = written.length() > 1 && written.endsWith("'");
        return whole ? Optional.of(written.substring(1, written.length() - 1).replace("''", "'")) : Optional.empty();
    }

    private static ValueUse use(Set<BaseColumn> columns) {
        return columns.isEmpty()
                ? ValueUse.NONE
                : new ValueUse(columns.stream()
                        .map(column -> new ValueUse.OfColumn(column.table(), column.column(), column.whole()))
                        .collect(Collectors.toUnmodifiableSet()));
    }
}
