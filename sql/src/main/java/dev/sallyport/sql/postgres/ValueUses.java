package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.CommandValues;
import dev.sallyport.core.command.ValueUse;
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
    /** Nothing is known of any of them. */
    static final ValueUses UNKNOWN = new ValueUses(Map.of(), false);

    private final Map<Value, Set<BaseColumn>> uses;
    private final boolean harmless;

    /**
     * What was found.
     *
     * @param harmless whether no constant of the text is anybody's data
     */
    ValueUses(Map<Value, Set<BaseColumn>> uses, boolean harmless) {
        this.uses = uses;
        this.harmless = harmless;
    }

    /**
     * These, as a command with this text needs them.
     *
     * @param places where the constants begin in the text that was analysed, which is this or one of its template
     */
    CommandValues in(String text, List<Integer> places) {
        return new CommandValues() {
            @Override
            public ValueUse parameter(int index) {
                return use(uses.get(new Value.Parameter(index + 1)));
            }

            @Override
            public List<Constant> constants() {
                return ValueUses.this.constants(text, places);
            }
        };
    }

    /** The columns that a parameter, or the constant whose place this is, may meet; empty where that is not known. */
    Optional<Set<BaseColumn>> of(Value value) {
        return Optional.ofNullable(uses.get(value));
    }

    private List<CommandValues.Constant> constants(String text, List<Integer> places) {
        List<Constants.Found> found = Constants.in(text);
        long literals = found.stream()
                .filter(each -> each.kind() != Constants.Kind.COMMENT)
                .count();
        Map<Integer, Set<BaseColumn>> byOrder = literals == places.size() ? byOrder(places) : Map.of();
        int[] order = {0};
        return found.stream()
                .map(each -> each.kind() == Constants.Kind.COMMENT
                        ? constant(text, each, ValueUse.UNKNOWN)
                        : constant(text, each, harmless ? ValueUse.NONE : use(byOrder.get(order[0]++))))
                .toList();
    }

    private Map<Integer, Set<BaseColumn>> byOrder(List<Integer> places) {
        Map<Integer, Set<BaseColumn>> byOrder = new HashMap<>();
        uses.forEach((value, columns) -> {
            if (value instanceof Value.Literal(int place, boolean signed)) {
                int order = signed ? firstBehind(place, places) : Collections.binarySearch(places, place);
                byOrder.computeIfAbsent(order, o -> new LinkedHashSet<>()).addAll(columns);
            }
        });
        return byOrder;
    }

    private static int firstBehind(int place, List<Integer> places) {
        int i = 0;
        while (i < places.size() && places.get(i) <= place) {
            i++;
        }
        return i;
    }

    private static CommandValues.Constant constant(String text, Constants.Found found, ValueUse use) {
        String written = text.substring(found.start(), found.end());
        Optional<String> value = switch (found.kind()) {
            case QUOTED -> unquoted(written);
            case NUMBER -> Optional.of(written);
            case OTHER, COMMENT -> Optional.empty();
        };
        CommandValues.Form form =
                found.kind() == Constants.Kind.COMMENT ? CommandValues.Form.COMMENT : CommandValues.Form.LITERAL;
        return new CommandValues.Constant(found.start(), found.end(), form, value, use);
    }

    private static Optional<String> unquoted(String written) {
        boolean whole = written.length() > 1 && written.endsWith("'");
        return whole ? Optional.of(written.substring(1, written.length() - 1).replace("''", "'")) : Optional.empty();
    }

    private static ValueUse use(@Nullable Set<BaseColumn> columns) {
        if (columns == null) {
            return ValueUse.UNKNOWN;
        }
        return columns.isEmpty()
                ? ValueUse.NONE
                : new ValueUse(columns.stream()
                        .map(column -> new ValueUse.OfColumn(column.table(), column.column(), column.whole()))
                        .collect(Collectors.toUnmodifiableSet()));
    }
}
