package dev.sallyport.core.command;

/**
 * One thing a command really does.
 *
 * @param action what it does
 * @param object what it does it to
 * @param filtered for UPDATE and DELETE (and MERGE's): whether a condition that can exclude a row restricts it; true for
 *     all others
 * @param detail what a person who approves should know beside, for example why the action is {@code unknown}; empty
 *     where there is nothing to say. It plays no part in the decision.
 */
public record Effect(Action action, ObjectRef object, boolean filtered, String detail) {

    public static Effect of(Action action, String kind, String name) {
        return new Effect(action, new ObjectRef(kind, name), true, "");
    }

    public static Effect unknown(String kind, String name, String why) {
        return new Effect(Action.UNKNOWN, new ObjectRef(kind, name), true, why);
    }

    /** Whether it can change anything that outlives the session; a function that only computes cannot. */
    public boolean changes() {
        return action.changes() && !(action == Action.CALL && object.kind().equals("pure-function"));
    }

    @Override
    public String toString() {
        return action.label() + " " + object + (filtered ? "" : " (unfiltered)");
    }
}
