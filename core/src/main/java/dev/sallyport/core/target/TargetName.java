package dev.sallyport.core.target;

/** The name a target has in the configuration; for PostgreSQL also what a client gives as the database. */
public record TargetName(String value) {
    public TargetName {
        if (!value.matches("[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}")) {
            throw new IllegalArgumentException(
                    "target: '" + value + "' (expected: 1 to 63 letters, digits, '.', '_', '-')");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
