package dev.sallyport.core.policy;

import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.masking.ServerCopies;
import dev.sallyport.core.policy.Decision.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Refuses what would get around a mask by what the server keeps elsewhere: it is as good an oracle as the column itself,
 * and it can be stored as well.
 */
final class CopiesGuard {
    private final Map<ServerCopies.Kind, String> rules;
    private final ServerCopies copies;

    /** @param rules the rule that redacts each kind */
    CopiesGuard(Map<ServerCopies.Kind, String> rules) {
        this.rules = Map.copyOf(rules);
        this.copies = ServerCopies.of(this.rules.keySet());
    }

    boolean areUsedBy(Command command) {
        return command.columns().stream()
                .anyMatch(use -> copies.kind(use.table(), use.column()).isPresent());
    }

    Optional<Refusal> refuse(ColumnUse use, Command command) {
        return switch (use.role()) {
            case OUTPUT, WRITTEN -> Optional.empty();
            case PREDICATE, STORED -> kind(use, command).map(kind -> refusal(kind, use));
        };
    }

    private Optional<ServerCopies.Kind> kind(ColumnUse use, Command command) {
        if (use.table().equals("?") && command.tables().stream().anyMatch(copies::mayBe)) {
            return rules.keySet().stream().sorted().findFirst();
        }
        return copies.kind(use.table(), use.column());
    }

    private Refusal refusal(ServerCopies.Kind kind, ColumnUse use) {
        return new Refusal(
                Reason.MASK,
                Shown.text(use.table() + "." + use.column())
                        + " may hold values of masked columns, so it may neither decide which rows come, in what order, or"
                        + " whether the command fails, nor be stored elsewhere.",
                "Only select it, which shows it redacted. A policy leaves it as it is by mask: [{open: [" + kind.label()
                        + "]}].",
                List.of(rules.getOrDefault(kind, "mask")));
    }
}
