package dev.sallyport.protocols.postgres.canary;

import java.util.List;

/** The types that the queries know, each for a family of PostgreSQL's that mix freely in expressions. */
enum Kind {
    INT("int4"),
    BIGINT("int8"),
    NUMERIC("numeric"),
    FLOAT("float8"),
    TEXT("text"),
    BOOL("bool"),
    DATE("date"),
    TIMESTAMP("timestamp"),
    UUID("uuid"),
    JSON("json"),
    JSONB("jsonb"),
    BYTEA("bytea"),
    TEXTS("text[]"),
    BIGINTS("int8[]"),
    NEST("nest"),
    RANGE("int8range"),
    INET("inet"),
    ROW("record");

    /** Those that a set operation or DISTINCT can compare. */
    static final List<Kind> COMPARABLE = List.of(INT, BIGINT, NUMERIC, TEXT, BOOL, DATE, TIMESTAMP, UUID, TEXTS, INET);

    static final List<Kind> ALL = List.of(values());

    private final String type;

    Kind(String type) {
        this.type = type;
    }

    String type() {
        return type;
    }
}
