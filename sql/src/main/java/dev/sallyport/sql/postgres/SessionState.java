package dev.sallyport.sql.postgres;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one client's session has done that later statements depend on: its search path, temporary relations, prepared
 * statements and cursors. Confined to the session's event loop.
 *
 * <p>PREPARE and the protocol's Parse share one space of names, as do DECLARE and the protocol's portals; both are kept
 * here. A statement that was forwarded may have failed, so a name keeps every meaning that it may have; whoever sees the
 * target's answer can take meanings away ({@link #completed}, {@link #closePrepared}, {@link #closePortal}).
 */
public final class SessionState {
    /** More than these meanings of one name, or names, and the name means anything. */
    private static final int MAX_MEANINGS = 16;

    private static final int MAX_NAMES = 10_000;

    private final Names names = new Names();
    private final Map<String, Set<Analysis>> prepared = new HashMap<>();
    private final Map<String, Set<Analysis>> portals = new HashMap<>();
    private boolean pathMovedInTransaction;

    /**
     * The target told the effective search path: the result of {@code current_schemas(true)}.
     *
     * @param inTransaction whether a transaction block is open, at whose end the path may move back
     */
    public void searchPath(List<String> path, boolean inTransaction) {
        names.searchPath(path);
        if (!inTransaction) {
            pathMovedInTransaction = false;
        }
    }

    /** Something may have moved the search path: names without a schema are unknown until it is told again. */
    public void searchPathUnknown() {
        names.searchPathUnknown();
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
        names.settled();
    }

    /** The protocol's Parse gave this name a statement. The unnamed statement is replaced each time. */
    public void prepared(String name, Analysis analysis) {
        if (name.isEmpty()) {
            prepared.remove(name);
        }
        remember(prepared, name, analysis);
    }

    /** The target confirmed that the prepared statement is gone. */
    public void closePrepared(String name) {
        prepared.remove(name);
    }

    /** The protocol's Bind gave this name a portal. The unnamed portal is replaced each time. */
    public void portal(String name, Analysis analysis) {
        if (name.isEmpty()) {
            portals.remove(name);
        }
        remember(portals, name, analysis);
    }

    /** The target confirmed that the portal is gone. */
    public void closePortal(String name) {
        portals.remove(name);
    }

    /** Every statement that the name may stand for; empty where none is known. */
    public Set<Analysis> preparedMeanings(String name) {
        return Set.copyOf(prepared.getOrDefault(name, Set.of()));
    }

    /** Every query whose rows the cursor or portal may give; empty where none is known. */
    public Set<Analysis> portalMeanings(String name) {
        return Set.copyOf(portals.getOrDefault(name, Set.of()));
    }

    /** The message was sent to the target, so all that it may do may have been done. */
    public void forwarded(Facts facts) {
        for (Statement statement : facts.runs()) {
            names.after(statement.claims());
            switch (statement.kind()) {
                case StatementKind.Prepare(String name, Statement inner) -> remember(prepared, name, alone(inner));
                case StatementKind.Declare(String name, Statement inner, boolean _) ->
                    remember(portals, name, alone(inner));
                default -> {}
            }
        }
        if (facts.mayMoveSearchPath()) {
            searchPathUnknown();
        }
    }

    /** The target confirmed this statement, so what it took away is gone. */
    public void completed(Statement statement) {
        switch (statement.kind()) {
            case StatementKind.Deallocate(var name) -> {
                name.ifPresentOrElse(prepared::remove, prepared::clear);
            }
            case StatementKind.Close(var name) -> name.ifPresentOrElse(portals::remove, portals::clear);
            case StatementKind.Discard(StatementKind.Discard.What what) -> {
                switch (what) {
                    case ALL -> {
                        prepared.clear();
                        portals.clear();
                        names.temporaryGone();
                    }
                    case TEMPORARY -> names.temporaryGone();
                    case PLANS, SEQUENCES -> {}
                }
            }
            default -> {}
        }
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

    private static void remember(Map<String, Set<Analysis>> meanings, String name, Analysis analysis) {
        if (!meanings.containsKey(name) && meanings.size() >= MAX_NAMES) {
            return;
        }
        Set<Analysis> known = meanings.computeIfAbsent(name, key -> new LinkedHashSet<>());
        if (known.size() < MAX_MEANINGS) {
            known.add(analysis);
        } else {
            known.clear();
            known.add(Analysis.failed("the name has had too many meanings"));
        }
    }
}
