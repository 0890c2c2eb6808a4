package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.CommandValues;
import dev.sallyport.core.command.Effect;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a message does in one session, at one moment, on a target with this catalogue.
 *
 * @param analysis what the text says
 * @param effects everything that it does, all statements together; never empty
 * @param tables the {@code schema.name} of all that it may read or write, through views, partitions and parents too;
 *     {@code ?} where it could be any
 * @param columns the columns it names, and what for
 * @param answer in which form the answer comes
 * @param streamColumns for {@link AnswerShape#TABLE_STREAM} the table's columns in the order of the stream
 * @param streamTable for {@link AnswerShape#TABLE_STREAM} the table's {@code schema.name}, else empty
 * @param answers what each statement's answer derives from, by the statements' order; where one is missing or empty, it may
 *     be anything
 * @param values what the message's constants and parameters are for
 * @param mayMoveSearchPath whether the search path must be asked for again afterwards
 * @param changesSchema whether the catalogue must be read again afterwards
 * @param definesTemporary whether it may make temporary relations
 * @param runs every statement that it may run, also through EXECUTE, EXPLAIN ANALYZE and the like
 */
public record Facts(
        Analysis analysis,
        List<Effect> effects,
        Set<String> tables,
        Set<ColumnUse> columns,
        AnswerShape answer,
        List<String> streamColumns,
        String streamTable,
        List<Optional<AnswerColumns>> answers,
        ValueUses values,
        boolean mayMoveSearchPath,
        boolean changesSchema,
        boolean definesTemporary,
        List<Statement> runs) {
    /** About 0.2 ms on a warm machine. */
    private static final int QUICK_WEIGHT = 500;

    public Facts {
        effects = List.copyOf(effects);
        tables = Set.copyOf(tables);
        columns = Set.copyOf(columns);
        streamColumns = List.copyOf(streamColumns);
        answers = List.copyOf(answers);
        runs = List.copyOf(runs);
    }

    /** The columns of the answer to the statement at this place of the message, by the names that they have there. */
    public Optional<List<OutputColumn>> answer(int statement, List<String> names) {
        return statement < answers.size()
                ? answers.get(statement).flatMap(columns -> columns.fit(names))
                : Optional.empty();
    }

    /** For {@link AnswerShape#QUERY_STREAM} what each column of the stream derives from. */
    public List<OutputColumn> streamOrigins() {
        for (int i = 0; i < answers.size(); i++) {
            if (analysis.statements().get(i).kind() instanceof StatementKind.Copy copy && copy.ofQuery()) {
                return answers.get(i).map(AnswerColumns::columns).orElseThrow();
            }
        }
        throw new IllegalStateException("no query is copied");
    }

    /** What the values in a command with this text are for, which is the text that was analysed. */
    public CommandValues valuesIn(String text) {
        return values.in(text);
    }

    /** The same where it could be one of several texts. */
    public static CommandValues unknownValuesIn(String text) {
        return ValueUses.UNKNOWN.in(text);
    }

    /**
     * Whether {@link #of} takes so little time that an event loop may wait for it. What does not is for another thread, with
     * a {@link SessionState#snapshot}.
     */
    static boolean areQuick(Opened opened, SessionState session, Catalogue catalogue, Bodies bodies) {
        Statement only = opened.searchPath().equals(session.searchPath()) ? alone(opened.analysis(), session) : null;
        return (only != null && only.remembered(catalogue, bodies, session.searchPath()) != null)
                || session.weight(opened.analysis()) <= QUICK_WEIGHT;
    }

    /** The facts of a message that is about to be sent, no function's body being known. */
    public static Facts of(Analysis analysis, SessionState session, Catalogue catalogue) {
        return of(new Opened(analysis, session.searchPath()), session, catalogue, Bodies.NONE);
    }

    /** The facts of a message that is about to be sent; the session's state is not changed. */
    static Facts of(Opened opened, SessionState session, Catalogue catalogue, Bodies bodies) {
        Statement only = opened.searchPath().equals(session.searchPath()) ? alone(opened.analysis(), session) : null;
        if (only == null) {
            return judge(opened, session, catalogue, bodies);
        }
        Facts known = only.remembered(catalogue, bodies, session.searchPath());
        if (known == null) {
            known = judge(opened, session, catalogue, bodies);
            only.remember(catalogue, bodies, session.searchPath(), known);
        }
        return known;
    }

    /** The statement whose facts are the same for every session with this search path, or null. */
    private static @Nullable Statement alone(Analysis analysis, SessionState session) {
        boolean single = analysis.statements().size() == 1 && session.isPlain();
        return single && !analysis.statements().getFirst().dependsOnSession()
                ? analysis.statements().getFirst()
                : null;
    }

    private static Facts judge(Opened opened, SessionState session, Catalogue catalogue, Bodies bodies) {
        try {
            return new Judge(session, catalogue, bodies).judge(opened);
        } catch (RuntimeException e) {
            // Whatever goes wrong here, the message is then one of which nothing is known.
            return Findings.nothingKnown(opened.analysis(), "the statement could not be judged");
        }
    }
}
