package dev.sallyport.sql.postgres.regress;

import dev.sallyport.sql.postgres.Analysis;
import dev.sallyport.sql.postgres.Facts;
import dev.sallyport.sql.postgres.Opened;
import dev.sallyport.sql.postgres.PostgresAnalyzer;
import dev.sallyport.sql.postgres.SessionState;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One session of psql. What psql sends is judged as the gateway would, with the session's names followed, and then run: in
 * a transaction (or, where there is one, a subtransaction) of its own that is rolled back, if the analysis says that it
 * changes nothing, and as it is if not, so that what comes later finds its objects. Transactions of statements that move
 * the session's own state are committed, as that would be gone with them.
 */
final class Conversation implements AutoCloseable {
    private static final String SAVEPOINT = "sallyport_regression";
    /** What the lexer depends on; the gateway refuses to change it. */
    private static final Map<String, String> ASSUMED =
            Map.of("standard_conforming_strings", "on", "client_encoding", "UTF8");

    private final Wire psql;
    private final RawClient server;
    private final Target target;
    private final PostgresAnalyzer analyzer;
    private final Report report;
    private final Origins origins;
    private final SessionState session = new SessionState();
    private final Map<String, String> parameters = new HashMap<>();
    private char status = 'I';

    Conversation(Wire psql, RawClient server, Target target, PostgresAnalyzer analyzer, Report report) {
        this.psql = psql;
        this.server = server;
        this.target = target;
        this.analyzer = analyzer;
        this.report = report;
        this.origins = new Origins(server, report);
    }

    /** Until psql ends. */
    void run() throws IOException {
        byte[] startup = psql.startup();
        if (startup == null) {
            return;
        }
        server.send(Messages.untagged(startup));
        if (!relay(new Ran())) {
            return;
        }
        for (Message message = psql.read(); message != null && message.tag() != 'X'; message = psql.read()) {
            if (message.tag() == 'Q') {
                query(message);
            } else {
                server.send(Messages.message(message.tag(), message.body()));
                // Sync, and FunctionCall, which psql uses for large objects.
                if (message.tag() == 'S' || message.tag() == 'F') {
                    relay(new Ran());
                    ready();
                }
            }
        }
    }

    // ---- one message ----------------------------------------------------------------------------------------------

    /** What the server said of a message. */
    static final class Ran {
        final List<Message> descriptions = new ArrayList<>();

        @Nullable
        Message error;
    }

    private void query(Message message) throws IOException {
        String sql = message.text();
        if (isElsewhere()) {
            send(sql, new Ran());
            target.changed();
            report.elsewhere();
            ready();
            return;
        }
        lookAround();
        Analysis analysis = analyzer.analyze(sql).join();
        Facts facts = analyzer.facts(new Opened(analysis, session.searchPath()), session, target.catalogue());
        Claim claim = Claim.of(facts);
        session.forwarded(facts);
        long at = session.now();
        Ran ran = new Ran();
        List<String> refuted = List.of();
        boolean idle = status == 'I';
        if (claim.writesNothing() && status != 'E') {
            refuted = prove(sql, claim, ran);
        } else if (Writes.only(facts) && status != 'E') {
            refuted = watch(sql, facts, ran);
        } else {
            send(sql, ran);
        }
        if (ran.error == null) {
            facts.analysis().statements().forEach(statement -> session.completed(statement, at));
            if (ran.descriptions.size() == 1 && analysis.statements().size() == 1) {
                origins.check(sql, facts, ran.descriptions.getFirst(), target.catalogue(), status);
            }
        }
        if (facts.changesSchema()) {
            if (ran.error != null && idle && status == 'I') {
                session.catalogueRefreshed();
            } else {
                target.changed();
            }
        }
        if (ran.error == null) {
            report.accepted(sql, Math.max(1, analysis.statements().size()), facts, claim, refuted);
        } else {
            report.refused(sql, facts, ran.error.field('C'));
        }
        ready();
    }

    /** Whether the session reads texts in another way than the analysis does. */
    private boolean isElsewhere() {
        return ASSUMED.entrySet().stream()
                .anyMatch(assumed ->
                        !assumed.getValue().equals(parameters.getOrDefault(assumed.getKey(), assumed.getValue())));
    }

    /** Reads the catalogue and the search path again where they may have moved, as the gateway does. */
    private void lookAround() throws IOException {
        if (status == 'I') {
            if (target.refresh()) {
                analyzer.learn(target.catalogue());
            }
            session.catalogueRefreshed();
        }
        if (status != 'E' && !session.isSearchPathKnown()) {
            List<String> path = new ArrayList<>();
            for (List<@Nullable String> row : Target.rows(
                            server, "SELECT pg_catalog.unnest(pg_catalog.current_schemas(true))")
                    .getFirst()) {
                path.add(String.valueOf(row.getFirst()));
            }
            session.searchPath(path, status == 'T');
        }
    }

    /** Runs it, and looks whether it did what it should not have. */
    private List<String> prove(String sql, Claim claim, Ran ran) throws IOException {
        boolean idle = status == 'I';
        String sequences = idle ? target.sequences() : "";
        Probe before = probe(idle ? "BEGIN" : "SAVEPOINT " + SAVEPOINT);
        send(sql, ran);
        List<String> refuted = new ArrayList<>();
        if (status == 'T') {
            refuted.addAll(before.refutedBy(probe("")));
        }
        if (idle) {
            control(status == 'T' && claim == Claim.MOVES_SESSION ? "COMMIT" : "ROLLBACK");
            if (!target.sequences().equals(sequences)) {
                refuted.add("moved a sequence");
            }
        } else if (status == 'T') {
            String release = "RELEASE SAVEPOINT " + SAVEPOINT;
            control(claim == Claim.MOVES_SESSION ? release : "ROLLBACK TO SAVEPOINT " + SAVEPOINT + ";" + release);
        }
        return refuted;
    }

    /** Runs what changes rows, for good, and looks whether the rows were of other tables than was said. */
    private List<String> watch(String sql, Facts facts, Ran ran) throws IOException {
        boolean idle = status == 'I';
        if (idle) {
            control("BEGIN");
        }
        Writes before = Writes.of(rows(Writes.SQL));
        send(sql, ran);
        List<String> unsaid = status == 'T' ? before.unsaid(Writes.of(rows(Writes.SQL)), facts) : List.of();
        if (idle) {
            finish(ran);
        }
        if (ran.error == null) {
            report.watched();
        }
        return unsaid;
    }

    /** Constraints that are deferred fail only now. */
    private void finish(Ran ran) throws IOException {
        for (Message message : server.query(ran.error == null ? "COMMIT" : "ROLLBACK")) {
            switch (message.tag()) {
                case 'E' -> {
                    ran.error = message;
                    psql.write(message);
                }
                case 'Z' -> status = message.text().charAt(0);
                default -> {}
            }
        }
    }

    private Probe probe(String first) throws IOException {
        return Probe.of(
                rows(first.isEmpty() ? Probe.SQL : first + ";" + Probe.SQL).getFirst());
    }

    private List<List<@Nullable String>> rows(String sql) throws IOException {
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (Message message : control(sql)) {
            if (message.tag() == 'D') {
                rows.add(message.row());
            }
        }
        return rows;
    }

    /** Something of our own, of which psql gets to know no more than what it is told beside. */
    private List<Message> control(String sql) throws IOException {
        List<Message> seen = server.query(sql);
        for (Message message : seen) {
            switch (message.tag()) {
                case 'S' -> {
                    parameter(message);
                    psql.write(message);
                }
                case 'Z' -> status = message.text().charAt(0);
                case 'E' -> throw new IOException(sql + ": " + message);
                default -> {}
            }
        }
        return seen;
    }

    // ---- messages as they come -------------------------------------------------------------------------------------

    private void send(String sql, Ran ran) throws IOException {
        server.send(Messages.query(sql));
        relay(ran);
    }

    /** Passes on all that the server says up to where it is ready, the data that it asks for among it. */
    private boolean relay(Ran ran) throws IOException {
        while (true) {
            Message message = server.readOrEnd();
            if (message == null) {
                return false;
            }
            switch (message.tag()) {
                case 'Z' -> {
                    boolean first = parameters.put("", "") == null;
                    status = message.text().charAt(0);
                    if (first) {
                        psql.write(message);
                    }
                    return true;
                }
                case 'T' -> ran.descriptions.add(message);
                case 'E' -> ran.error = message;
                case 'S' -> parameter(message);
                default -> {}
            }
            psql.write(message);
            if (message.tag() == 'G') {
                copy();
            }
        }
    }

    private void copy() throws IOException {
        for (Message data = psql.read(); data != null; data = psql.read()) {
            server.send(Messages.message(data.tag(), data.body()));
            if (Set.of('c', 'f').contains(data.tag())) {
                return;
            }
        }
    }

    private void parameter(Message message) {
        String[] parts = new String(message.body(), java.nio.charset.StandardCharsets.UTF_8).split("\0", 3);
        parameters.put(parts[0], parts[1]);
    }

    private void ready() throws IOException {
        psql.write(new Message('Z', new byte[] {(byte) status}));
    }

    @Override
    public void close() throws IOException {
        server.close();
        psql.close();
    }
}
