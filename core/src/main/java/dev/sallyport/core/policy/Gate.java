package dev.sallyport.core.policy;

import dev.sallyport.core.command.Command;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.masking.MaskRules;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TargetName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may reach what, and what may run there: the one place where that is said, for every protocol. It answers from
 * memory, without I/O, on any thread, and always: a failure of its own is a refusal.
 *
 * <p>It holds one numbered revision of the policies at a time. {@link #replace} puts the next one in force at once: what
 * is decided from then on is decided by it, also for sessions that were admitted before. Listeners are told, so that
 * sessions can ask {@link #stillAdmitted} and held commands can be decided again.
 */
public final class Gate {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private volatile Revision current;

    /** Starts with revision 1. */
    public Gate(PolicySet initial) {
        this.current = new Revision(1, initial);
    }

    /** Asked once a session, before anything is dialled. */
    public AdmissionResult admit(Identity identity, TargetName name) {
        Revision now = current;
        try {
            Target target = now.set().targets().get(name);
            if (target == null) {
                return new AdmissionResult.Refused("there is no target '" + name + "'");
            }
            ApplicableRules rules = ApplicableRules.select(now, identity, target);
            return rules.admits()
                    ? new AdmissionResult.Admitted(new Admission(identity, target, rules))
                    : new AdmissionResult.Refused(
                            "no policy admits " + Shown.text(identity.principal()) + " to " + name);
        } catch (Throwable e) {
            logFailure("admit", e);
            return new AdmissionResult.Refused("the gateway failed while deciding");
        }
    }

    /** Says whether {@code command} may run, by the revision of this moment. */
    public Decision decide(Admission admission, Command command) {
        Revision now = current;
        try {
            ApplicableRules rules = rules(admission, now);
            return rules.admits() ? rules.decide(command) : notAdmitted(now);
        } catch (Throwable e) {
            logFailure("decide", e);
            return new Decision.Deny(
                    Decision.Reason.FAILURE,
                    "The gateway failed while deciding.",
                    "This is a fault of the gateway's. Give its operator the incident's id.",
                    List.of(),
                    now.number());
        }
    }

    /** Decides as {@link #decide} does, and says which rules had a part in it. */
    public Explanation explain(Admission admission, Command command) {
        return rules(admission, current).explain(decide(admission, command), command);
    }

    /**
     * Whether a session that was admitted may go on. It may not when its target is gone or is another resource by now, or
     * when no policy admits the identity any more.
     */
    public boolean stillAdmitted(Admission admission) {
        try {
            return rules(admission, current).admits();
        } catch (Throwable e) {
            logFailure("stillAdmitted", e);
            return false;
        }
    }

    /** The masks on what the identity sees there, before anything is decided. */
    public MaskRules masks(Admission admission) {
        return rules(admission, current).obligations().masks();
    }

    /** What the identity may use up there. */
    public Limits limits(Admission admission) {
        return rules(admission, current).obligations().limits();
    }

    /** A target of the present revision. */
    public Optional<Target> target(TargetName name) {
        return Optional.ofNullable(current.set().targets().get(name));
    }

    /** The number of the present revision. */
    public long revision() {
        return current.number();
    }

    /** Puts {@code next} in force, tells the listeners on this thread, and returns the new revision's number. */
    public long replace(PolicySet next) {
        long number;
        synchronized (this) {
            number = current.number() + 1;
            current = new Revision(number, next);
        }
        subscriptions.forEach(subscription -> subscription.tell(number));
        return number;
    }

    /** Has {@code listener} told the number of every revision from the next one on, until the subscription is closed. */
    public Subscription onChange(LongConsumer listener) {
        return new Subscription(listener);
    }

    /** A listener that is told until it is closed. */
    public final class Subscription implements AutoCloseable {
        private final LongConsumer listener;

        private Subscription(LongConsumer listener) {
            this.listener = listener;
            subscriptions.add(this);
        }

        private void tell(long number) {
            try {
                listener.accept(number);
            } catch (RuntimeException e) {
                logFailure("listener", e);
            }
        }

        @Override
        public void close() {
            subscriptions.remove(this);
        }
    }

    private static ApplicableRules rules(Admission admission, Revision now) {
        ApplicableRules rules = admission.rules();
        if (rules.revision() != now.number()) {
            rules = ApplicableRules.reselect(now, admission.identity(), admission.target());
            admission.rules(rules);
        }
        return rules;
    }

    private static Decision notAdmitted(Revision now) {
        return new Decision.Deny(
                Decision.Reason.ADMISSION,
                "This identity is no longer admitted to this target.",
                "The policy changed. Connect again once it admits this identity.",
                List.of(),
                now.number());
    }

    /** Without the exception's message, which may quote what the client sent. */
    private static void logFailure(String what, Throwable e) {
        StackTraceElement[] stack = e.getStackTrace();
        LOG.error(
                "gate={} failure={} at={}",
                what,
                e.getClass().getName(),
                stack.length == 0 ? "?" : stack[0].toString());
    }
}
