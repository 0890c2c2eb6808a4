package dev.sallyport.core.policy;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.policy.Decision.Reason;
import java.util.BitSet;
import java.util.List;

/** A denial and its texts, written so that a bot, or the person behind it, knows what to do next. */
record Refusal(Reason reason, String message, String hint, List<String> rules) {

    Decision.Deny deny(long revision) {
        return new Decision.Deny(reason, message, hint, rules, revision);
    }

    static Refusal byRule(Policy.Deny deny, String rule, Effect effect) {
        String message = deny.message().isEmpty() ? "The policy denies: " + shown(effect) + "." : deny.message();
        String hint = deny.hint().isEmpty()
                ? "Rule " + rule + " denies it whatever else is allowed; writing it differently does not help."
                : deny.hint();
        return new Refusal(Reason.RULE, message, hint, List.of(rule));
    }

    static Refusal notAllowed(Command command, BitSet covered) {
        List<Effect> effects = command.effects();
        if (effects.isEmpty()) {
            return new Refusal(
                    Reason.NOT_ALLOWED,
                    "What this does is not known.",
                    "Send a command that does something.",
                    List.of());
        }
        int unknown = firstUncovered(effects, covered, true);
        if (unknown >= 0) {
            return unknown(effects.get(unknown));
        }
        Effect first = effects.get(firstUncovered(effects, covered, false));
        int others = effects.size() - covered.cardinality() - 1;
        String more = others == 0 ? "" : others == 1 ? ", nor one more effect" : ", nor " + others + " more effects";
        return new Refusal(
                Reason.NOT_ALLOWED,
                "No rule allows: " + shown(first) + more + ".",
                "If this is needed, ask for a rule with action '"
                        + first.action().label() + "' and object '"
                        + Shown.text(first.object().toString()) + "'.",
                List.of());
    }

    static Refusal nobodyMayApprove(List<String> rules) {
        return new Refusal(
                Reason.RULE,
                "This needs an approval that nobody can give: its rules have no group of approvers in common.",
                "Send its parts one by one, or have the approvers of " + String.join(" and ", rules) + " aligned.",
                rules);
    }

    private static Refusal unknown(Effect effect) {
        String why = effect.detail().isEmpty() ? "" : " (" + Shown.text(effect.detail()) + ")";
        return new Refusal(
                Reason.UNKNOWN,
                "What this does could not be determined: "
                        + Shown.text(effect.object().toString()) + why + ".",
                "Write it without that, or ask for a rule that names the action 'unknown' for object '"
                        + Shown.text(effect.object().toString()) + "'.",
                List.of());
    }

    private static int firstUncovered(List<Effect> effects, BitSet covered, boolean unknownOnly) {
        for (int i = covered.nextClearBit(0); i < effects.size(); i = covered.nextClearBit(i + 1)) {
            if (!unknownOnly || effects.get(i).action() == Action.UNKNOWN) {
                return i;
            }
        }
        return -1;
    }

    private static String shown(Effect effect) {
        return Shown.text(effect.toString());
    }
}
