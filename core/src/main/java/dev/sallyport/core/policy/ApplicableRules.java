package dev.sallyport.core.policy;

import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.policy.Decision.HoldTerms;
import dev.sallyport.core.policy.Revision.Compiled;
import dev.sallyport.core.target.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The rules of one revision that apply to one identity on one target.
 *
 * <p>Deciding goes through them in this order: a deny rule that may concern an effect ends it; each effect is then to be
 * covered, by an approve rule, an allow rule or the hello baseline; an approve rule that may concern an effect holds the
 * command even where another rule allows it; and what would get around a mask is denied. Where something cannot be
 * determined, a name or a condition, it is read for the stricter side each time: it denies and it holds, and it covers
 * nothing.
 */
final class ApplicableRules {
    private record Allowing(Rule rule) {}

    /** {@code covers} is false where the policy's own condition failed: it holds what it concerns, but covers nothing. */
    private record Holding(Rule rule, Policy.Approve terms, boolean covers) {}

    private record Denying(Rule rule, Policy.Deny deny) {}

    private final long revision;
    private final boolean admits;
    private final ConditionFacts facts;
    private final List<Denying> deny = new ArrayList<>();
    private final List<Holding> approve = new ArrayList<>();
    private final List<Allowing> allow = new ArrayList<>();
    private final List<String> policies = new ArrayList<>();
    private final boolean hello;
    private final Duration holdInTransaction;
    private final Obligations obligations;
    private final MaskGuard guard;

    private ApplicableRules(Revision revision, Identity identity, Target target, boolean present) {
        this.revision = revision.number();
        this.facts = ConditionFacts.of(identity).at(target);
        this.holdInTransaction = revision.set().holdInTransaction();
        MaskSelection masks = new MaskSelection();
        Limits limits = Limits.NONE;
        boolean admitted = false;
        boolean greeting = revision.set().hello();
        for (Compiled compiled : revision.policies()) {
            Policy policy = compiled.policy();
            IdentityMatch.Answer about = policy.appliesTo(target.name())
                    ? policy.identities().matches(identity, facts)
                    : IdentityMatch.Answer.NO;
            if (about == IdentityMatch.Answer.NO) {
                continue;
            }
            boolean sure = about == IdentityMatch.Answer.YES;
            admitted |= sure && policy.admits();
            greeting &= policy.hello();
            limits = limits.and(policy.limits());
            masks.add(policy);
            select(compiled, sure);
        }
        this.admits = present && admitted;
        this.hello = greeting;
        this.obligations = new Obligations(masks.rules(), limits);
        this.guard = masks.guard();
    }

    private void select(Compiled compiled, boolean sure) {
        Policy policy = compiled.policy();
        policies.add(policy.name());
        for (int i = 0; i < policy.deny().size(); i++) {
            deny.add(new Denying(compiled.deny().get(i), policy.deny().get(i)));
        }
        for (int i = 0; i < policy.approve().size(); i++) {
            approve.add(new Holding(compiled.approve().get(i), policy.approve().get(i), sure));
        }
        if (sure) {
            compiled.allow().forEach(rule -> allow.add(new Allowing(rule)));
        }
    }

    static ApplicableRules select(Revision revision, Identity identity, Target target) {
        return new ApplicableRules(revision, identity, target, true);
    }

    /** As {@link #select}, for a session that was opened to {@code opened} under an earlier revision. */
    static ApplicableRules reselect(Revision revision, Identity identity, Target opened) {
        Target now = revision.set().targets().get(opened.name());
        boolean present = now != null
                && now.protocol().equals(opened.protocol())
                && now.host().equals(opened.host())
                && now.port() == opened.port()
                && now.database().equals(opened.database());
        return new ApplicableRules(revision, identity, opened, present);
    }

    long revision() {
        return revision;
    }

    boolean admits() {
        return admits;
    }

    Obligations obligations() {
        return obligations;
    }

    Decision decide(Command command) {
        ConditionFacts asked = facts.about(command);
        Optional<Refusal> denied = denied(command, asked);
        if (denied.isPresent()) {
            return denied.get().deny(revision);
        }
        BitSet covered = new BitSet(command.effects().size());
        List<String> rules = new ArrayList<>(4);
        List<Policy.Approve> terms = hold(command, asked, covered, rules);
        if (terms.isEmpty()) {
            rules.clear();
        }
        List<String> allowing = terms.isEmpty() ? rules : new ArrayList<>(4);
        cover(command, asked, covered, allowing);
        if (command.effects().isEmpty()
                || covered.cardinality() < command.effects().size()) {
            return Refusal.notAllowed(command, covered).deny(revision);
        }
        Optional<Refusal> unmasked = guard.refuse(command);
        if (unmasked.isPresent()) {
            return unmasked.get().deny(revision);
        }
        Obligations carried = obligations.asking(guard.guesses(command));
        return terms.isEmpty() ? new Decision.Allow(carried, rules, revision) : held(terms, rules, carried);
    }

    private Optional<Refusal> denied(Command command, ConditionFacts asked) {
        for (int i = 0; i < deny.size(); i++) {
            Denying denying = deny.get(i);
            Optional<Effect> effect = denying.rule().concerned(command);
            if (effect.isPresent() && denying.rule().condition(asked) != Condition.Outcome.FALSE) {
                return Optional.of(Refusal.byRule(denying.deny(), denying.rule().id(), effect.get()));
            }
        }
        return Optional.empty();
    }

    /** The terms of every approve rule that may concern an effect; what they cover for sure is marked. */
    private List<Policy.Approve> hold(Command command, ConditionFacts asked, BitSet covered, List<String> rules) {
        List<Policy.Approve> terms = new ArrayList<>(approve.isEmpty() ? 0 : 2);
        for (int i = 0; i < approve.size(); i++) {
            Holding holding = approve.get(i);
            Rule rule = holding.rule();
            if (rule.concerned(command).isEmpty()) {
                continue;
            }
            Condition.Outcome condition = rule.condition(asked);
            if (condition == Condition.Outcome.FALSE) {
                continue;
            }
            terms.add(holding.terms());
            rules.add(rule.id());
            if (holding.covers() && condition == Condition.Outcome.TRUE) {
                mark(rule, command, covered);
            }
        }
        return terms;
    }

    private void cover(Command command, ConditionFacts asked, BitSet covered, List<String> rules) {
        List<Effect> effects = command.effects();
        for (int i = 0; i < effects.size() && hello; i++) {
            if (!covered.get(i) && HelloBaseline.covers(effects.get(i), command)) {
                covered.set(i);
            }
        }
        for (int i = 0; i < allow.size() && covered.cardinality() < effects.size(); i++) {
            Rule rule = allow.get(i).rule();
            if (coversMore(rule, effects, covered) && rule.condition(asked) == Condition.Outcome.TRUE) {
                mark(rule, command, covered);
                rules.add(rule.id());
            }
        }
    }

    private static boolean coversMore(Rule rule, List<Effect> effects, BitSet covered) {
        for (int i = covered.nextClearBit(0); i < effects.size(); i = covered.nextClearBit(i + 1)) {
            if (rule.covers(effects.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static void mark(Rule rule, Command command, BitSet covered) {
        List<Effect> effects = command.effects();
        for (int i = 0; i < effects.size(); i++) {
            if (rule.covers(effects.get(i))) {
                covered.set(i);
            }
        }
    }

    private Decision held(List<Policy.Approve> terms, List<String> rules, Obligations carried) {
        Optional<HoldTerms> strictest = StrictestTerms.of(terms, holdInTransaction);
        return strictest.isPresent()
                ? new Decision.Hold(strictest.get(), carried, rules, revision)
                : Refusal.nobodyMayApprove(rules).deny(revision);
    }

    Explanation explain(Decision decision, Command command) {
        ConditionFacts asked = facts.about(command);
        List<Explanation.OfEffect> effects = new ArrayList<>();
        for (Effect effect : command.effects()) {
            effects.add(new Explanation.OfEffect(
                    effect,
                    deny.stream()
                            .map(Denying::rule)
                            .filter(rule -> concerns(rule, effect, asked))
                            .map(Rule::id)
                            .toList(),
                    approve.stream()
                            .map(Holding::rule)
                            .filter(rule -> concerns(rule, effect, asked))
                            .map(Rule::id)
                            .toList(),
                    allow.stream()
                            .map(Allowing::rule)
                            .filter(rule -> allows(rule, effect, asked))
                            .map(Rule::id)
                            .toList(),
                    hello && HelloBaseline.covers(effect, command)));
        }
        return new Explanation(decision, policies, effects);
    }

    private static boolean concerns(Rule rule, Effect effect, ConditionFacts asked) {
        return rule.mayConcern(effect) && rule.condition(asked) != Condition.Outcome.FALSE;
    }

    private static boolean allows(Rule rule, Effect effect, ConditionFacts asked) {
        return rule.covers(effect) && rule.condition(asked) == Condition.Outcome.TRUE;
    }
}
