package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.Parameter;
import dev.sallyport.sql.postgres.Analysis;
import dev.sallyport.sql.postgres.Facts;
import dev.sallyport.sql.postgres.Opened;
import dev.sallyport.sql.postgres.OutputColumn;
import dev.sallyport.sql.postgres.PostgresAnalyzer;
import dev.sallyport.sql.postgres.SessionState;
import dev.sallyport.sql.postgres.Statement;
import dev.sallyport.sql.postgres.StatementKind;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a message does in this session at this moment. Where a name may stand for several statements, as it can while a
 * Parse of the same name is unanswered, it is judged as doing all that any of them does.
 *
 * @param facts of each statement it may be, at least one
 */
record Judgement(List<Facts> facts) {
    Judgement {
        facts = List.copyOf(facts);
    }

    static Judgement of(
            PostgresAnalyzer analyzer, SessionState session, Catalogue catalogue, Collection<Opened> candidates) {
        List<Facts> facts = new ArrayList<>(candidates.size());
        for (Opened opened : candidates) {
            facts.add(analyzer.facts(opened, session, catalogue));
        }
        return new Judgement(facts);
    }

    /** For an Execute: the statements behind the portals that the name may stand for; none known means anything. */
    static Set<Opened> candidates(List<Portal> portals) {
        Set<Opened> candidates = new LinkedHashSet<>();
        for (Portal portal : portals) {
            for (Prepared prepared : portal.candidates()) {
                candidates.add(new Opened(prepared.analysis(), portal.searchPath()));
            }
        }
        if (candidates.isEmpty()) {
            candidates.add(new Opened(unknown("the portal is not known"), List.of()));
        }
        return candidates;
    }

    static Analysis unknown(String why) {
        return new Analysis(List.of(), Optional.of(why));
    }

    Command command(SessionContext context, String text, List<Parameter> parameters, boolean inTransaction) {
        if (facts.size() == 1) {
            Facts only = facts.getFirst();
            return new Command(
                    text,
                    parameters,
                    only.effects(),
                    only.tables(),
                    only.columns(),
                    only.answer(),
                    inTransaction,
                    context.dependencies(),
                    only.valuesIn(text));
        }
        Set<Effect> effects = new LinkedHashSet<>();
        Set<String> tables = new LinkedHashSet<>();
        Set<ColumnUse> columns = new LinkedHashSet<>();
        AnswerShape answer = AnswerShape.DESCRIBED;
        for (Facts each : facts) {
            effects.addAll(each.effects());
            tables.addAll(each.tables());
            columns.addAll(each.columns());
            // Two different streams could not be told apart when they come.
            answer = each.answer() == AnswerShape.DESCRIBED ? answer : AnswerShape.OPAQUE_STREAM;
        }
        return new Command(
                text,
                parameters,
                List.copyOf(effects),
                tables,
                columns,
                answer,
                inTransaction,
                context.dependencies(),
                Facts.unknownValuesIn(text));
    }

    /** What the answer to the statement at this place of the message derives from, column by column, if that is known. */
    Optional<List<OutputColumn>> answer(int statement, List<String> names) {
        return facts.size() == 1 ? facts.getFirst().answer(statement, names) : Optional.empty();
    }

    /** Whether it may answer with rows; what could not be read may. */
    boolean returnsRows() {
        for (Facts each : facts) {
            if (!each.analysis().understood()) {
                return true;
            }
            for (Statement statement : each.analysis().statements()) {
                if (statement.returnsRows()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether it may read a COPY from the client; what could not be read may. */
    boolean mayCopyIn() {
        for (Facts each : facts) {
            if (!each.analysis().understood()) {
                return true;
            }
            for (Statement statement : each.analysis().statements()) {
                if (statement.kind() instanceof StatementKind.Copy copy
                        && copy.from()
                        && copy.end() == StatementKind.Copy.End.STREAM) {
                    return true;
                }
            }
        }
        return false;
    }

    boolean changesSchema() {
        for (Facts each : facts) {
            if (each.changesSchema()) {
                return true;
            }
        }
        return false;
    }

    /** Whether it may begin a transaction block. */
    boolean mayBegin() {
        for (Facts each : facts) {
            for (Effect effect : each.effects()) {
                if (effect.object().kind().equals("transaction") || effect.action() == Action.UNKNOWN) {
                    return true;
                }
            }
        }
        return false;
    }
}
