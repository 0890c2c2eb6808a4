package dev.sallyport.core.policy;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.ColumnUse.Extent;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.policy.Decision.Reason;
import dev.sallyport.core.policy.Policy.Predicates;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Refuses what would get around a mask, though every effect is allowed: an answer whose columns cannot be told apart, a
 * masked column that decides which rows come (each answer would tell one bit of it), and a masked column stored where its
 * mask does not reach. Where it is open which column it is, it counts as the masked one. That a view's column is also a
 * use of the tables behind it is for the analysis to say ({@link ColumnUse}).
 */
final class MaskGuard {
    /**
     * A masked column.
     *
     * @param rule {@code policy/mask[0]}
     * @param predicates what it may decide all the same
     * @param writeBack whether what looks like its masked values may be stored all the same
     */
    record Guarded(String rule, ColumnMask mask, Predicates predicates, boolean writeBack) {
        private boolean allows(Extent extent) {
            if (extent instanceof Extent.Call(String function) && mask.exempt().contains(function)) {
                return true;
            }
            return switch (predicates) {
                case Predicates.None none -> false;
                case Predicates.Equality equality -> extent instanceof Extent.Equality;
                case Predicates.Any any -> true;
            };
        }

        /** What the command asks of it, where that may be asked so often only. */
        private Optional<Guess> guess(Command command) {
            if (!(predicates instanceof Predicates.Equality(int perMinute))) {
                return Optional.empty();
            }
            Set<Integer> asked = new HashSet<>();
            for (ColumnUse use : command.columns()) {
                if (use.extent() instanceof Extent.Equality(Set<Integer> comparisons) && concerns(this, use, command)) {
                    asked.addAll(comparisons);
                }
            }
            return asked.isEmpty() ? Optional.empty() : Optional.of(new Guess(rule, shown(), perMinute, asked.size()));
        }

        private boolean mayBeIn(String table) {
            return Glob.meet(folded(mask.schema() + "." + mask.table()), folded(table));
        }

        private boolean mayBe(String column) {
            return column.equals("*") || Glob.meet(folded(mask.column()), folded(column));
        }

        /** Masks cover names without regard to case (docs/masking.md), so what they are guarded against does too. */
        private static String folded(String name) {
            return name.toLowerCase(Locale.ROOT);
        }

        private String shown() {
            return mask.schema() + "." + mask.table() + "." + mask.column();
        }
    }

    private final List<Guarded> guarded;
    private final CopiesGuard copies;
    private final boolean resultsMasked;
    private final boolean guessing;

    MaskGuard(List<Guarded> guarded, CopiesGuard copies, boolean resultsMasked) {
        this.guarded = List.copyOf(guarded);
        this.copies = copies;
        this.resultsMasked = resultsMasked;
        this.guessing = guarded.stream().anyMatch(masked -> masked.predicates() instanceof Predicates.Equality);
    }

    Optional<Refusal> refuse(Command command) {
        if (cannotBeMasked(command)) {
            return Optional.of(opaque());
        }
        if (guarded.isEmpty()) {
            return Optional.empty();
        }
        for (ColumnUse use : command.columns()) {
            Optional<Refusal> refusal = refuse(use, command).or(() -> copies.refuse(use, command));
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return refuseMaskedValues(command);
    }

    private boolean cannotBeMasked(Command command) {
        return switch (command.answer()) {
            case DESCRIBED, TABLE_STREAM -> false;
            case QUERY_STREAM -> resultsMasked;
            case OPAQUE_STREAM -> resultsMasked || touchesMasked(command);
        };
    }

    /** A masked value that comes back would stand in the table as if it were the value, and the value would be gone. */
    private Optional<Refusal> refuseMaskedValues(Command command) {
        if (command.effects().stream().noneMatch(MaskGuard::stores)) {
            return Optional.empty();
        }
        List<Guarded> written = guarded.stream()
                .filter(masked ->
                        !masked.writeBack() && command.tables().stream().anyMatch(masked::mayBeIn))
                .toList();
        if (written.isEmpty()) {
            return Optional.empty();
        }
        List<String> values = GivenValues.of(command);
        return written.stream()
                .filter(masked -> values.stream().anyMatch(masked.mask().with()::mayHaveMade))
                .findFirst()
                .map(MaskGuard::writtenBack);
    }

    private static boolean stores(Effect effect) {
        return effect.action() == Action.INSERT || effect.action() == Action.UPDATE;
    }

    private Optional<Refusal> refuse(ColumnUse use, Command command) {
        return switch (use.role()) {
            case OUTPUT, WRITTEN -> Optional.empty();
            case PREDICATE ->
                guarded.stream()
                        .filter(masked -> !masked.allows(use.extent()) && concerns(masked, use, command))
                        .findFirst()
                        .map(masked -> predicate(masked, use));
            case STORED ->
                guarded.stream()
                        .filter(masked -> concerns(masked, use, command))
                        .findFirst()
                        .map(masked -> stored(masked, use));
        };
    }

    /** What an allowed command asks of masked columns. */
    List<Guess> guesses(Command command) {
        return guessing
                ? guarded.stream()
                        .flatMap(masked -> masked.guess(command).stream())
                        .toList()
                : List.of();
    }

    /** A use of a column of some table or other is one of a masked table's where the command touches one. */
    private static boolean concerns(Guarded masked, ColumnUse use, Command command) {
        return masked.mayBe(use.column())
                && masked.mayBeIn(use.table())
                && (use.table().indexOf('?') < 0 || command.tables().stream().anyMatch(masked::mayBeIn));
    }

    private boolean touchesMasked(Command command) {
        return guarded.stream().anyMatch(masked -> command.tables().stream().anyMatch(masked::mayBeIn))
                || copies.areUsedBy(command);
    }

    private static Refusal opaque() {
        return new Refusal(
                Reason.MASK,
                "This COPY may hold masked columns, but its stream does not tell which column is which.",
                "Name its columns, without (row).*, ENCODING or a second COPY in the message, or run the query as a SELECT;"
                        + " where masks go by the names of results, COPY of a table is all that there is.",
                List.of());
    }

    private static Refusal predicate(Guarded masked, ColumnUse use) {
        boolean equality = masked.predicates() instanceof Predicates.Equality;
        return new Refusal(
                Reason.MASK,
                "The masked column " + masked.shown()
                        + " may not decide which rows come, in what order, or whether the command fails (here: "
                        + Shown.text(use.table() + "." + use.column()) + ")"
                        + (equality ? ", but by one equality with one value." : "."),
                equality
                        ? "Write WHERE column = value, once in a statement, joined to other conditions by AND alone; no lists,"
                                + " patterns, ranges, joins, functions or casts of the column, and no EXPLAIN."
                        : "Leave it out of WHERE, JOIN, GROUP BY, ORDER BY, HAVING and DISTINCT, and out of tests, arithmetic"
                                + " and casts; qualify columns with their table so that they can be told apart from it.",
                List.of(masked.rule()));
    }

    private static Refusal writtenBack(Guarded masked) {
        return new Refusal(
                Reason.MASK,
                "A value to be stored looks like what the mask on " + masked.shown()
                        + " shows in place of the real one, which would be lost.",
                "Leave masked columns out of what you write back; give a new value where one is meant.",
                List.of(masked.rule()));
    }

    private static Refusal stored(Guarded masked, ColumnUse use) {
        return new Refusal(
                Reason.MASK,
                "The masked column " + masked.shown() + " may not be copied to where its mask does not reach (here: "
                        + Shown.text(use.table() + "." + use.column()) + ").",
                "Leave it out of what is stored, or give the value itself as a literal or parameter.",
                List.of(masked.rule()));
    }
}
