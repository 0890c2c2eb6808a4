package dev.sallyport.protocols.postgres.mask;

/**
 * What a type means for masking, by the OIDs that PostgreSQL fixes for its own types ({@code pg_type.dat}). Domains are
 * described to clients as their base type; types of extensions and users have no fixed OID.
 */
public enum ValueKind {
    /** UTF-8 text in both formats. */
    TEXT,
    JSON,
    /** JSON, in binary format behind a version byte. */
    JSONB,
    XML,
    UUID,
    BYTEA,
    INT8,
    NUMERIC,
    FLOAT8,
    /** inet and cidr. */
    NETWORK,
    /** What no detector can find anything in: flags, dates, times, numbers too short to be anything else. */
    INERT,
    /** Containers, types of extensions and users, all others. */
    OTHER;

    static final int BPCHAR = 1042;
    static final int VARCHAR = 1043;

    /** Whether a mask means the same for values of both types. */
    public static boolean alike(int oneTypeOid, int otherTypeOid) {
        return oneTypeOid == otherTypeOid || (of(oneTypeOid) == TEXT && of(otherTypeOid) == TEXT);
    }

    static ValueKind of(int typeOid) {
        return switch (typeOid) {
            case 19, 25, 705, 2275, BPCHAR, VARCHAR -> TEXT;
            case 114 -> JSON;
            case 3802 -> JSONB;
            case 142 -> XML;
            case 2950 -> UUID;
            case 17 -> BYTEA;
            case 20 -> INT8;
            case 1700 -> NUMERIC;
            case 701 -> FLOAT8;
            case 650, 869 -> NETWORK;
            // bool "char" int2 int4 oid tid xid cid float4 money macaddr8 macaddr
            case 16, 18, 21, 23, 26, 27, 28, 29, 700, 790, 774, 829 -> INERT;
            // date time timestamp timestamptz interval timetz bit varbit void pg_lsn xid8
            case 1082, 1083, 1114, 1184, 1186, 1266, 1560, 1562, 2278, 3220, 5069 -> INERT;
            // and arrays of them
            case 1000, 1002, 1005, 1007, 1021, 1028, 1115, 1182, 1183, 1185, 1187, 1270, 2951 -> INERT;
            default -> OTHER;
        };
    }
}
