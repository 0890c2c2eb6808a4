package dev.sallyport.core.policy;

import dev.sallyport.core.identity.GroupName;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What the {@link Gate} says of one command. */
public sealed interface Decision {
    /** The number of the policy revision that decided. */
    long revision();

    /**
     * It may run.
     *
     * @param obligations what it carries along
     * @param rules the rules that allowed it, as {@code policy/allow[0]}
     */
    record Allow(Obligations obligations, List<String> rules, long revision) implements Decision {
        public Allow {
            rules = List.copyOf(rules);
        }
    }

    /**
     * It may run once somebody says so.
     *
     * @param terms who, how many of them, and for how long it waits
     * @param obligations what it carries along if it runs
     * @param rules the rules that hold it
     */
    record Hold(HoldTerms terms, Obligations obligations, List<String> rules, long revision) implements Decision {
        public Hold {
            rules = List.copyOf(rules);
        }
    }

    /**
     * It may not run.
     *
     * @param reason the kind of reason, stable, for machines
     * @param message what the client is told; safe to show
     * @param hint what the client can do about it; safe to show
     * @param rules the rules that denied it; empty where nothing allowed it
     */
    record Deny(Reason reason, String message, String hint, List<String> rules, long revision) implements Decision {
        public Deny {
            rules = List.copyOf(rules);
        }
    }

    /** Why a command was denied. */
    enum Reason {
        /** A deny rule matched. */
        RULE,
        /** No rule allows one of its effects. */
        NOT_ALLOWED,
        /** What it does could not be determined and no rule names that. */
        UNKNOWN,
        /** It would get around a mask. */
        MASK,
        /** Too many, too fast. */
        LIMIT,
        /** The session is no longer admitted: the token expired, or a newer policy says so. */
        ADMISSION,
        /** The gateway failed while deciding. */
        FAILURE
    }

    /**
     * On what terms a command is held.
     *
     * @param approvers the groups whose members may approve
     * @param count how many of them have to
     * @param hold how long it waits outside a transaction
     * @param holdInTransaction how long it waits inside one, where it keeps locks
     */
    record HoldTerms(Set<GroupName> approvers, int count, Duration hold, Duration holdInTransaction) {
        public HoldTerms {
            approvers = Set.copyOf(approvers);
            if (count < 1) {
                throw new IllegalArgumentException("count: " + count + " (expected: > 0)");
            }
        }
    }
}
