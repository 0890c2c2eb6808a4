package dev.sallyport.core.policy;

import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.Identity;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;

/**
 * Whom a policy is about. Each part that is given must hold; within a part one entry is enough. At least one part is
 * given.
 *
 * @param groups the identity is in one of these; empty where the part is not given
 * @param subjects {@code issuer:subject}; empty where not given
 * @param clients {@code issuer:client}; empty where not given
 * @param when a condition on the identity
 */
public record IdentityMatch(
        Set<GroupName> groups, Set<String> subjects, Set<String> clients, Optional<Condition> when) {

    /** Whether a policy is about an identity. */
    enum Answer {
        YES,
        NO,
        /** The condition failed. What the policy denies, holds, masks and limits counts; what it would allow does not. */
        UNSURE
    }

    public IdentityMatch {
        groups = Set.copyOf(groups);
        subjects = Set.copyOf(subjects);
        clients = Set.copyOf(clients);
        if (groups.isEmpty() && subjects.isEmpty() && clients.isEmpty() && when.isEmpty()) {
            throw new IllegalArgumentException("identities: {} (expected: groups, subjects, clients or when)");
        }
    }

    public static IdentityMatch group(String group) {
        return new IdentityMatch(Set.of(GroupName.parse(group)), Set.of(), Set.of(), Optional.empty());
    }

    Answer matches(Identity identity, ConditionFacts facts) {
        if (!groups.isEmpty() && Collections.disjoint(groups, identity.groups())) {
            return Answer.NO;
        }
        if (!subjects.isEmpty() && !subjects.contains(identity.principal())) {
            return Answer.NO;
        }
        if (!clients.isEmpty()
                && !identity.client()
                        .map(client -> clients.contains(identity.issuer() + ":" + client))
                        .orElse(false)) {
            return Answer.NO;
        }
        if (when.isEmpty()) {
            return Answer.YES;
        }
        return switch (when.get().evaluate(facts)) {
            case TRUE -> Answer.YES;
            case FALSE -> Answer.NO;
            case ERROR -> Answer.UNSURE;
        };
    }
}
