package dev.sallyport.sql.postgres;

/**
 * One statement of a message, understood as far as its text goes. What its names mean is known only with a session and a
 * catalogue: {@link Facts}.
 */
public final class Statement {
    private final StatementKind kind;
    private final boolean returnsRows;
    private final Claims claims;

    Statement(StatementKind kind, boolean returnsRows, Claims claims) {
        this.kind = kind;
        this.returnsRows = returnsRows;
        this.claims = claims;
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

    Claims claims() {
        return claims;
    }

    /** The statement's kind only: its text is the client's data. */
    @Override
    public String toString() {
        return kind.getClass().getSimpleName();
    }
}
