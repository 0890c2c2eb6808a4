package dev.sallyport.core.policy;

import dev.sallyport.core.command.Effect;
import java.util.List;

/**
 * Why a command was decided as it was.
 *
 * @param decision the decision
 * @param policies the policies that are about this identity on this target
 * @param effects for each effect the rules that have to do with it
 */
public record Explanation(Decision decision, List<String> policies, List<OfEffect> effects) {
    public Explanation {
        policies = List.copyOf(policies);
        effects = List.copyOf(effects);
    }

    /**
     * One effect.
     *
     * @param effect the effect
     * @param denying the deny rules that may concern it
     * @param holding the approve rules that may concern it
     * @param allowing the allow rules that cover it
     * @param hello whether the hello baseline covers it
     */
    public record OfEffect(
            Effect effect, List<String> denying, List<String> holding, List<String> allowing, boolean hello) {
        public OfEffect {
            denying = List.copyOf(denying);
            holding = List.copyOf(holding);
            allowing = List.copyOf(allowing);
        }
    }
}
