package dev.sallyport.core.policy;

import dev.cel.runtime.CelVariableResolver;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.target.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a condition is asked about, in the form that CEL reads. The command's part is made when the first condition asks
 * for it: most commands are decided without any.
 */
final class ConditionFacts implements CelVariableResolver {
    /** A longer text would let one command buy too much matching; conditions that ask for it fail. */
    private static final int MAX_TEXT = 64 * 1024;

    private final Map<String, Object> identity;
    private final @Nullable Map<String, Object> target;
    private final @Nullable Command command;
    private @Nullable Map<String, Object> commandFacts;

    private ConditionFacts(
            Map<String, Object> identity, @Nullable Map<String, Object> target, @Nullable Command command) {
        this.identity = identity;
        this.target = target;
        this.command = command;
    }

    static ConditionFacts of(Identity identity) {
        Map<String, Object> facts = new HashMap<>();
        facts.put("issuer", identity.issuer());
        facts.put("subject", identity.subject());
        facts.put("client", identity.client().orElse(""));
        facts.put("principal", identity.principal());
        facts.put("groups", identity.groups().stream().map(GroupName::toString).toList());
        facts.put("actors", identity.actors());
        facts.put("claims", identity.claims());
        return new ConditionFacts(facts, null, null);
    }

    ConditionFacts at(Target place) {
        return new ConditionFacts(
                identity,
                Map.of("name", place.name().value(), "protocol", place.protocol(), "database", place.database()),
                null);
    }

    ConditionFacts about(Command asked) {
        return new ConditionFacts(identity, target, asked);
    }

    @Override
    public Optional<Object> find(String name) {
        return switch (name) {
            case "identity" -> Optional.of(identity);
            case "target" -> Optional.ofNullable(target);
            case "command" -> Optional.ofNullable(commandFacts());
            default -> Optional.empty();
        };
    }

    private @Nullable Map<String, Object> commandFacts() {
        if (commandFacts == null && command != null) {
            commandFacts = facts(command);
        }
        return commandFacts;
    }

    private static Map<String, Object> facts(Command command) {
        List<Map<String, Object>> effects = new ArrayList<>(command.effects().size());
        for (Effect effect : command.effects()) {
            effects.add(Map.of(
                    "action", effect.action().label(),
                    "object", effect.object().toString(),
                    "kind", effect.object().kind(),
                    "name", effect.object().name(),
                    "filtered", effect.filtered()));
        }
        List<Map<String, Object>> columns = new ArrayList<>(command.columns().size());
        for (ColumnUse use : command.columns()) {
            columns.add(Map.of(
                    "table", use.table(),
                    "column", use.column(),
                    "use", use.role().name().toLowerCase(Locale.ROOT)));
        }
        Map<String, Object> facts = new HashMap<>();
        if (command.text().length() <= MAX_TEXT) {
            facts.put("text", command.text());
        }
        facts.put("effects", effects);
        facts.put("tables", List.copyOf(command.tables()));
        facts.put("columns", columns);
        facts.put("inTransaction", command.inTransaction());
        facts.put("parameterCount", (long) command.parameters().size());
        return facts;
    }
}
