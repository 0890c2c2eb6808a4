package dev.sallyport.sql.postgres;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one client's session has done that later statements depend on: its search path, temporary relations, prepared
 * statements and cursors. Confined to the session's event loop.
 *
 * <p>PREPARE and the protocol's Parse share one space of names, as do DECLARE and the protocol's portals; both are kept
 * here. A statement that was forwarded may have failed, so a name keeps every meaning that it may have; whoever sees the
 * target's answer can take meanings away ({@link #completed}).
 */
public final class SessionState {
    /** EXECUTE of EXECUTE, as far as it is judged. */
    private static final int MAX_DEPTH = 4;

    private final Names names;
    private final Meanings parsed;
    private final Meanings prepared;
    private final Meanings portals;
    private final Meanings cursors;
    private long now;
    private long version;
    private boolean pathMovedInTransaction;
    /** When the path last became another or unknown. */
    private long pathSince;

    public SessionState() {
        names = new Names();
        parsed = new Meanings();
        prepared = new Meanings();
        portals = new Meanings();
        cursors = new Meanings();
    }

    private SessionState(SessionState original) {
        names = original.names.snapshot();
        parsed = original.parsed.snapshot();
        prepared = original.prepared.snapshot();
        portals = original.portals.snapshot();
        cursors = original.cursors.snapshot();
        now = original.now;
        version = original.version;
        pathMovedInTransaction = original.pathMovedInTransaction;
        pathSince = original.pathSince;
    }

    /** As it is at this moment, for another thread to judge by. */
    public SessionState snapshot() {
        return new SessionState(this);
    }

    /** Another one whenever facts may be others than before. */
    public long version() {
        return version;
    }

    /** How much there is to be resolved in the message, by way of the names in it too. */
    int weight(Analysis analysis) {
        return weight(analysis, 0);
    }

    private int weight(Analysis analysis, int depth) {
        int weight = 0;
        for (Statement statement : analysis.statements()) {
            weight += statement.weight();
            Set<Analysis> named = switch (statement.kind()) {
                case StatementKind.Execute(String name) -> preparedMeanings(name);
                case StatementKind.Fetch(String name, boolean _) -> analyses(portalMeanings(name));
                default -> Set.of();
            };
            if (depth < MAX_DEPTH) {
                for (Analysis meaning : named) {
                    weight += weight(meaning, depth + 1);
                }
            }
        }
        return weight;
    }

    /**
     * The target told the effective search path: the result of {@code current_schemas(true)}.
     *
     * @param inTransaction whether a transaction block is open, at whose end the path may move back
     */
    public void searchPath(List<String> path, boolean inTransaction) {
        version++;
        if (!names.path().equals(path)) {
            pathSince = now;
        }
        names.searchPath(path);
        if (!inTransaction) {
            pathMovedInTransaction = false;
        }
    }

    /** Something may have moved the search path: names without a schema are unknown until it is told again. */
    public void searchPathUnknown() {
        version++;
        names.searchPathUnknown();
        pathSince = now;
        pathMovedInTransaction = true;
    }

    public boolean isSearchPathKnown() {
        return names.isSearchPathKnown();
    }

    /** The effective search path, empty where it is not known. */
    public List<String> searchPath() {
        return names.path();
    }

    /**
     * No transaction is open, and the catalogue has been read since the last one ended, so that it has all that this
     * session's statements changed.
     */
    public void catalogueRefreshed() {
        version++;
        names.settled();
    }

    /** The moment of the last message that was taken note of here. */
    public long now() {
        return now;
    }

    /** The protocol's Parse gave this name a statement. The unnamed statement is replaced each time. */
    public void prepared(String name, Analysis analysis) {
        version++;
        if (name.isEmpty()) {
            parsed.forget(name);
        }
        parsed.add(name, new Opened(analysis, List.of()), ++now);
    }

    /** The protocol's Bind gave this name a portal. The unnamed portal is replaced each time. */
    public void portal(String name, Analysis analysis) {
        version++;
        if (name.isEmpty()) {
            portals.forget(name);
        }
        portals.add(name, new Opened(analysis, names.path()), ++now);
    }

    /** Every statement that the name may stand for; empty where none is known. */
    public Set<Analysis> preparedMeanings(String name) {
        return analyses(both(parsed.of(name), prepared.of(name)));
    }

    /** Those of them that PREPARE made, not the protocol. */
    public Set<Analysis> preparedBySql(String name) {
        return analyses(prepared.of(name));
    }

    /** Every query whose rows the cursor or portal may give; empty where none is known. */
    public Set<Opened> portalMeanings(String name) {
        return both(portals.of(name), cursors.of(name));
    }

    /** Those of them that DECLARE made, not the protocol. */
    public Set<Opened> cursors(String name) {
        return cursors.of(name);
    }

    /** The message was sent to the target, so all that it may do may have been done. */
    public void forwarded(Facts facts) {
        version++;
        now++;
        for (Statement statement : facts.runs()) {
            names.after(statement.claims());
            names(statement, now, facts.mayMoveSearchPath() ? List.of() : names.path());
        }
        if (facts.mayMoveSearchPath()) {
            searchPathUnknown();
        }
    }

    /** The statement gives a name a meaning. */
    private void names(Statement statement, long at, List<String> path) {
        switch (statement.kind()) {
            case StatementKind.Prepare(String name, Statement inner) ->
                prepared.add(name, new Opened(alone(inner), List.of()), at);
            case StatementKind.Declare(String name, Statement inner, boolean _) ->
                cursors.add(name, new Opened(alone(inner), path), at);
            default -> {}
        }
    }

    /**
     * The target confirmed this statement, so what it took away is gone. To be called for every statement of a message, in
     * order: what one of them takes away, the next may make anew.
     *
     * @param at {@link #now} when the message had been {@link #forwarded}
     */
    public void completed(Statement statement, long at) {
        version++;
        switch (statement.kind()) {
            case StatementKind.Prepare _, StatementKind.Declare _ ->
                names(statement, at, at > pathSince ? names.path() : List.of());
            case StatementKind.Deallocate(var name) -> {
                gone(parsed, name, at);
                gone(prepared, name, at);
            }
            case StatementKind.Close(var name) -> {
                gone(portals, name, at);
                gone(cursors, name, at);
            }
            case StatementKind.Discard(StatementKind.Discard.What what) -> {
                switch (what) {
                    case ALL -> {
                        List.of(parsed, prepared, portals, cursors).forEach(of -> of.allGone(at));
                        names.temporaryGone();
                    }
                    case TEMPORARY -> names.temporaryGone();
                    case PLANS, SEQUENCES -> {}
                }
            }
            default -> {}
        }
    }

    private static void gone(Meanings meanings, Optional<String> name, long at) {
        name.ifPresentOrElse(one -> meanings.gone(one, at), () -> meanings.allGone(at));
    }

    /** Whether the path was moved where the end of a transaction may move it back. */
    boolean pathMovedInTransaction() {
        return pathMovedInTransaction;
    }

    /** Whether facts depend on nothing of this session but its search path. */
    boolean isPlain() {
        return !pathMovedInTransaction && names.isPlain();
    }

    Names names() {
        return names;
    }

    private static Analysis alone(Statement statement) {
        return new Analysis(List.of(statement), Optional.empty());
    }

    private static Set<Analysis> analyses(Set<Opened> meanings) {
        return meanings.stream().map(Opened::analysis).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<Opened> both(Set<Opened> one, Set<Opened> other) {
        Set<Opened> both = new LinkedHashSet<>(one);
        both.addAll(other);
        return both;
    }
}
