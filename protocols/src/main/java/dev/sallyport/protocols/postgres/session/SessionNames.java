package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.command.Parameter;
import dev.sallyport.sql.postgres.Analysis;
import dev.sallyport.sql.postgres.Facts;
import dev.sallyport.sql.postgres.Opened;
import dev.sallyport.sql.postgres.SessionState;
import dev.sallyport.sql.postgres.Statement;
import dev.sallyport.sql.postgres.StatementKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What names stand for in a session: prepared statements and portals, which the protocol and SQL make in the same two
 * spaces of names, and what SQL looks up by the search path. What the protocol makes is kept by {@link Names}, whose
 * doubts end with the Syncs that are counted here; what SQL makes, by {@link SessionState}.
 */
final class SessionNames {
    private final SessionState sql = new SessionState();
    private final Names<Prepared> statements;
    private final Names<Portal> portals;
    private long epoch;
    private boolean inPipeline;

    /** @param most how many statements, and how many portals, the protocol may make */
    SessionNames(int most) {
        this.statements = new Names<>(most);
        this.portals = new Names<>(most);
    }

    /** What names mean in SQL. */
    SessionState sql() {
        return sql;
    }

    // ---- Syncs --------------------------------------------------------------------------------------------------

    /** The client sent a message of the extended protocol. */
    void pipelineBegun() {
        inPipeline = true;
    }

    /** Whether there were messages of the extended protocol since the last Sync: what they run is one transaction. */
    boolean isInPipeline() {
        return inPipeline;
    }

    /** The client sent a Sync or a simple query: what failed before it no longer keeps what comes behind from running. */
    void nextEpoch() {
        epoch++;
        inPipeline = false;
    }

    // ---- what a name may stand for ------------------------------------------------------------------------------

    /** Every statement that the protocol's name may stand for, those that SQL prepared among them. */
    List<Prepared> statements(String name) {
        return withSql(statementsOfProtocol(name), name, "EXECUTE", sql.preparedBySql(name));
    }

    /** Every portal that the protocol's name may stand for; a cursor that SQL declared is one that was never bound. */
    List<Portal> portals(String name) {
        List<Portal> own = portalsOfProtocol(name);
        Set<Opened> cursors = sql.cursors(name);
        if (cursors.isEmpty()) {
            return own;
        }
        List<Prepared> candidates =
                own.stream().flatMap(portal -> portal.candidates().stream()).toList();
        Set<Analysis> declared = new LinkedHashSet<>();
        Set<List<String>> paths = new HashSet<>();
        for (Opened cursor : cursors) {
            declared.add(cursor.analysis());
            paths.add(cursor.searchPath());
        }
        own.forEach(portal -> paths.add(portal.searchPath()));
        return List.of(new Portal(
                name,
                withSql(candidates, name, "FETCH ALL FROM", declared),
                List.of(),
                List.of(),
                paths.size() == 1 ? paths.iterator().next() : List.of(),
                sql.now()));
    }

    /** What a Close of the statement takes away. */
    List<Prepared> statementsOfProtocol(String name) {
        return statements.get(name, epoch);
    }

    /** What a Close of the portal takes away. */
    List<Portal> portalsOfProtocol(String name) {
        return portals.get(name, epoch);
    }

    private List<Prepared> withSql(List<Prepared> own, String name, String verb, Set<Analysis> fromSql) {
        if (fromSql.isEmpty()) {
            return own;
        }
        List<Prepared> all = new ArrayList<>(own);
        String text = verb + " \"" + name.replace("\"", "\"\"") + "\"";
        fromSql.forEach(analysis -> all.add(new Prepared(name, text, analysis, List.of(), sql.now())));
        return all;
    }

    // ---- what the protocol makes --------------------------------------------------------------------------------

    boolean isFullOfStatements() {
        return statements.isFull();
    }

    boolean isFullOfPortals() {
        return portals.isFull();
    }

    /** A Parse goes to the target. */
    Prepared parsing(String name, String text, Analysis analysis, List<Integer> typeOids) {
        sql.prepared(name, analysis);
        Prepared statement = new Prepared(name, text, analysis, typeOids, sql.now());
        statements.making(name, statement, epoch);
        return statement;
    }

    /** A Bind goes to the target. */
    Portal binding(String name, List<Prepared> candidates, List<Parameter> parameters, List<Integer> resultFormats) {
        candidates.forEach(statement -> sql.portal(name, statement.analysis()));
        Portal portal = new Portal(name, candidates, parameters, resultFormats, sql.searchPath(), sql.now());
        portals.making(name, portal, epoch);
        return portal;
    }

    void made(Prepared statement) {
        statements.made(statement.name(), statement);
    }

    void made(Portal portal) {
        portal.bound();
        portals.made(portal.name(), portal);
    }

    /** It was not made, or is gone. */
    void gone(Prepared statement) {
        statements.gone(statement.name(), statement);
    }

    /** It was not made, or is gone. */
    void gone(Portal portal) {
        portals.gone(portal.name(), portal);
    }

    // ---- what commands leave behind -----------------------------------------------------------------------------

    /**
     * The target has carried out a statement. What an EXECUTE ran is known for sure only to the target, so such a
     * statement gives names, but takes none away.
     *
     * @param at when it was sent, see {@link SessionState#now}
     */
    void completed(Facts facts, long at) {
        Set<Statement> sure = Set.copyOf(facts.analysis().statements());
        for (Statement statement : facts.runs()) {
            boolean gives = statement.kind() instanceof StatementKind.Prepare
                    || statement.kind() instanceof StatementKind.Declare;
            if (gives || sure.contains(statement)) {
                completed(statement, at);
            }
        }
    }

    private void completed(Statement statement, long at) {
        sql.completed(statement, at);
        switch (statement.kind()) {
            case StatementKind.Deallocate(var name) -> statementsGone(name, at);
            case StatementKind.Close(var name) -> portalsGone(name, at);
            case StatementKind.Discard(var what)
            when what == StatementKind.Discard.What.ALL -> {
                statementsGone(Optional.empty(), at);
                portalsGone(Optional.empty(), at);
            }
            default -> {}
        }
    }

    private void statementsGone(Optional<String> name, long upTo) {
        for (Prepared each : statements.all()) {
            if (each.madeAt() <= upTo
                    && name.map(each.name()::equals).orElse(!each.name().isEmpty())) {
                gone(each);
            }
        }
    }

    private void portalsGone(Optional<String> name, long upTo) {
        for (Portal each : portals.all()) {
            if (each.madeAt() <= upTo
                    && name.map(each.name()::equals).orElse(!each.name().isEmpty())) {
                gone(each);
            }
        }
    }

    /** Portals end with their transaction; those still unanswered belong to a later one. */
    void transactionEnded() {
        for (Portal portal : portals.all()) {
            if (portal.isBound()) {
                gone(portal);
            }
        }
    }
}
