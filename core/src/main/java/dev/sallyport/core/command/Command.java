package dev.sallyport.core.command;

import java.util.List;
import java.util.Set;

/**
 * One thing a client asks of a target, and everything that is known about it before it runs. What is judged here is
 * byte for byte what is forwarded.
 *
 * @param text the command as sent; for SQL the statement or statements of one message
 * @param parameters the bound values, in order
 * @param effects what it does, all statements taken together; never empty for a command that was understood
 * @param tables the {@code schema.name} of every table or view that it may read or write, directly or through a view or
 *     function as far as that is known; {@code ?} where it could be any
 * @param columns the columns it names, and what for
 * @param answer in which form the answer comes
 * @param inTransaction whether it runs inside a transaction in which something may have run already
 * @param context settings that what it does depends on, for the digest that an approval is bound to; for SQL the
 *     resolved search path and role
 * @param values what the values that it brings along are for; how they are recorded depends on it, not what it does
 */
public record Command(
        String text,
        List<Parameter> parameters,
        List<Effect> effects,
        Set<String> tables,
        Set<ColumnUse> columns,
        AnswerShape answer,
        boolean inTransaction,
        List<String> context,
        CommandValues values) {
    public Command {
        parameters = List.copyOf(parameters);
        effects = List.copyOf(effects);
        tables = Set.copyOf(tables);
        columns = Set.copyOf(columns);
        context = List.copyOf(context);
    }

    /** One of whose values nothing is known. */
    public Command(
            String text,
            List<Parameter> parameters,
            List<Effect> effects,
            Set<String> tables,
            Set<ColumnUse> columns,
            AnswerShape answer,
            boolean inTransaction,
            List<String> context) {
        this(text, parameters, effects, tables, columns, answer, inTransaction, context, CommandValues.UNKNOWN);
    }

    /** Whether any effect can change something that outlives the session. */
    public boolean changes() {
        for (Effect effect : effects) {
            if (effect.changes()) {
                return true;
            }
        }
        return false;
    }

    /** The text and values are data of the client's, so they are not printed. */
    @Override
    public String toString() {
        return "Command" + effects;
    }
}
