package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Catalogue;
import java.lang.ref.WeakReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement of a message, understood as far as its text goes. What its names mean is known only with a session and a
 * catalogue: {@link Facts}.
 */
public final class Statement {
    private final StatementKind kind;
    private final boolean returnsRows;
    private final Claims claims;
    private final int weight;
    private volatile @Nullable Memory memory;

    /** The facts of this statement alone, as they are for every session that has only a search path. */
    private record Memory(
            WeakReference<Catalogue> catalogue, WeakReference<Bodies> bodies, List<String> searchPath, Facts facts) {}

    Statement(StatementKind kind, boolean returnsRows, Claims claims) {
        this.kind = kind;
        this.returnsRows = returnsRows;
        this.claims = claims;
        this.weight = claims.weight() + within(kind);
    }

    private static int within(StatementKind kind) {
        return switch (kind) {
            case StatementKind.Prepare(String _, Statement inner) -> inner.weight;
            case StatementKind.Declare(String _, Statement inner, boolean _) -> inner.weight;
            case StatementKind.Explain(boolean _, Statement inner) -> inner.weight;
            default -> 0;
        };
    }

    /** How much there is to be resolved in it; a plain SELECT of two columns has about ten. */
    int weight() {
        return weight;
    }

    public StatementKind kind() {
        return kind;
    }

    /** Whether it answers with rows (COPY's stream does not count). EXECUTE and FETCH may. */
    public boolean returnsRows() {
        return returnsRows;
    }

    /** Whether it is no SELECT, INSERT, UPDATE, DELETE or MERGE. */
    public boolean utility() {
        return switch (kind) {
            case StatementKind.Query _,
                    StatementKind.Insert _,
                    StatementKind.Update _,
                    StatementKind.Delete _,
                    StatementKind.Merge _ -> false;
            case StatementKind.Transaction _,
                    StatementKind.Prepare _,
                    StatementKind.Execute _,
                    StatementKind.Deallocate _,
                    StatementKind.Declare _,
                    StatementKind.Fetch _,
                    StatementKind.Close _,
                    StatementKind.Set _,
                    StatementKind.Reset _,
                    StatementKind.Show _,
                    StatementKind.Discard _,
                    StatementKind.Copy _,
                    StatementKind.Explain _,
                    StatementKind.Listen _,
                    StatementKind.Notify _,
                    StatementKind.Utility _ -> true;
        };
    }

    /** Whether it names prepared statements or cursors, alone or inside. */
    boolean dependsOnSession() {
        return switch (kind) {
            case StatementKind.Execute _, StatementKind.Fetch _ -> true;
            case StatementKind.Explain(boolean _, Statement inner) -> inner.dependsOnSession();
            default -> !claims.nested.isEmpty();
        };
    }

    /** What was found for this catalogue and path the last time, or null. */
    @Nullable
    Facts remembered(Catalogue catalogue, Bodies bodies, List<String> searchPath) {
        Memory known = memory;
        return known != null
                        && known.catalogue.refersTo(catalogue)
                        && known.bodies.refersTo(bodies)
                        && known.searchPath.equals(searchPath)
                ? known.facts
                : null;
    }

    void remember(Catalogue catalogue, Bodies bodies, List<String> searchPath, Facts facts) {
        memory = new Memory(new WeakReference<>(catalogue), new WeakReference<>(bodies), searchPath, facts);
    }

    Claims claims() {
        return claims;
    }

    /** The statement's kind only: its text is the client's data. */
    @Override
    public String toString() {
        return kind.getClass().getSimpleName();
    }
}
