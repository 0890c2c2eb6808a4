package dev.sallyport.core.policy;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** The match of one rule, made ready to be asked often. */
final class Rule {
    private final String id;
    private final EnumSet<Action> actions;
    private final ObjectPattern[] objects;
    private final Optional<Condition> when;

    Rule(String id, Policy.Match match) {
        this.id = id;
        this.actions = EnumSet.copyOf(match.actions());
        this.objects = match.objects().toArray(ObjectPattern[]::new);
        this.when = match.when();
    }

    /** {@code policy/allow[0]}. */
    String id() {
        return id;
    }

    /** Whether the whole of {@code effect}, whatever is undetermined in it, is what this rule is about. */
    boolean covers(Effect effect) {
        if (!actions.contains(effect.action())) {
            return false;
        }
        for (ObjectPattern object : objects) {
            if (object.covers(effect.object())) {
                return true;
            }
        }
        return objects.length == 0;
    }

    /** Whether this rule could be about {@code effect}. */
    boolean mayConcern(Effect effect) {
        if (!actions.contains(effect.action())) {
            return false;
        }
        for (ObjectPattern object : objects) {
            if (object.mayConcern(effect.object())) {
                return true;
            }
        }
        return objects.length == 0;
    }

    /** The first effect that this rule could be about. */
    Optional<Effect> concerned(Command command) {
        List<Effect> effects = command.effects();
        for (int i = 0; i < effects.size(); i++) {
            if (mayConcern(effects.get(i))) {
                return Optional.of(effects.get(i));
            }
        }
        return Optional.empty();
    }

    Condition.Outcome condition(ConditionFacts facts) {
        return when.isEmpty() ? Condition.Outcome.TRUE : when.get().evaluate(facts);
    }
}
