package dev.sallyport.sql.postgres.catalogue;

import java.util.List;

/**
 * The queries whose results make a {@link Catalogue}: for the simple protocol, results in text form. They read what any
 * role may read, on PostgreSQL 13 to 18.
 *
 * <p>Objects below OID 16384 are PostgreSQL's own (transam.h: FirstNormalObjectId).
 */
public final class CatalogueQueries {
    private static final String NOT_TEMPORARY = "n.nspname !~ '^pg_(toast_)?temp_'";

    private static final String NOT_OF_AN_EXTENSION = """
            NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.deptype = 'e'
                AND e.classid = '%s'::pg_catalog.regclass AND e.objid = o.oid)
            """;

    static final String RELATIONS = """
            SELECT c.oid, n.nspname, c.relname, c.relkind
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p', 'S', 'i', 'I', 'c') AND %s
            """.formatted(NOT_TEMPORARY);

    static final String COLUMNS = """
            SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.attgenerated
            FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'm', 'f', 'p', 'S', 'c') AND %s
            ORDER BY a.attrelid, a.attnum
            """.formatted(NOT_TEMPORARY);

    static final String INHERITANCE = "SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits";

    static final String VIEW_BASES = """
            SELECT DISTINCT r.ev_class, d.refobjid
            FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
            WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
              AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
              AND d.refobjid <> r.ev_class AND r.rulename = '_RETURN'
            """;

    /** PostgreSQL's own views are not among them: their definitions are large, and what they show is known by name. */
    static final String VIEW_ACTIONS = """
            SELECT ev_class, ev_action FROM pg_catalog.pg_rewrite WHERE rulename = '_RETURN' AND oid >= 16384
            """;

    static final String GENERATED = """
            SELECT d.adrelid, d.adnum, d.adbin
            FROM pg_catalog.pg_attrdef d
            JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE a.attgenerated <> ''
            """;

    static final String FUNCTIONS = """
            SELECT n.nspname, p.proname, pg_catalog.bool_or(
                p.pronargs > 0 AND p.pronargs - p.pronargdefaults < 2 AND t.typtype IN ('c', 'd', 'p')),
                pg_catalog.bool_and(e.objid IS NOT NULL)
            FROM pg_catalog.pg_proc p
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            LEFT JOIN pg_catalog.pg_type t ON t.oid = p.proargtypes[0]
            LEFT JOIN pg_catalog.pg_depend e ON e.deptype = 'e'
                AND e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = p.oid
            WHERE p.oid >= 16384
            GROUP BY n.nspname, p.proname
            """;

    /**
     * All functions that are not PostgreSQL's own. The definition is there only of those in SQL (language 14) that run with
     * their caller's rights and set nothing but a search path, and whose arguments and results are no domains, as domains
     * may run code of their own. Bodies that were parsed when they were made have no text but the whole statement's.
     */
    static final String ROUTINES = """
            SELECT n.nspname, p.proname,
                CASE WHEN NOT k.readable THEN NULL WHEN p.prosrc = '' THEN pg_catalog.pg_get_functiondef(p.oid)
                    ELSE p.prosrc END,
                p.prosrc = '', pg_catalog.substr(p.proconfig[1], 13),
                CASE WHEN k.readable THEN pg_catalog.pg_get_expr(p.proargdefaults, 0) END,
                CASE WHEN k.readable THEN pg_catalog.array_to_string(p.proargnames, pg_catalog.chr(10)) END,
                t.typtype = 'd' OR t.typcategory = 'N' OR t.typelem <> 0 AND EXISTS (
                    SELECT 1 FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typcategory = 'N')
            FROM pg_catalog.pg_proc p
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            JOIN pg_catalog.pg_type t ON t.oid = p.prorettype
            CROSS JOIN LATERAL (SELECT p.prolang = 14 AND p.prokind IN ('f', 'p') AND NOT p.prosecdef
                AND pg_catalog.octet_length(p.prosrc) <= 16384
                AND (p.proconfig IS NULL
                    OR pg_catalog.array_length(p.proconfig, 1) = 1 AND p.proconfig[1] LIKE 'search\\_path=%')
                AND NOT EXISTS (
                    SELECT 1 FROM pg_catalog.pg_type a
                    LEFT JOIN pg_catalog.pg_type e ON e.oid = a.typelem
                    WHERE a.oid = ANY (coalesce(p.proallargtypes, p.proargtypes::pg_catalog.oid[]) || p.prorettype)
                    AND (a.typtype = 'd' OR e.typtype = 'd' OR EXISTS (
                        SELECT 1 FROM pg_catalog.pg_attribute c JOIN pg_catalog.pg_type d ON d.oid = c.atttypid
                        WHERE c.attrelid IN (a.typrelid, e.typrelid) AND c.attrelid <> 0 AND c.attnum > 0
                        AND d.typtype = 'd'))) AS readable
            ) k
            WHERE p.oid >= 16384 ORDER BY p.oid
            """;

    static final String TRIGGERS = """
            SELECT DISTINCT tgrelid FROM pg_catalog.pg_trigger
            WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgfoid >= 16384
            """;

    static final String RULES = """
            SELECT DISTINCT ev_class FROM pg_catalog.pg_rewrite
            WHERE rulename <> '_RETURN' AND ev_enabled <> 'D' AND oid >= 16384
            """;

    static final String HOOKS = """
            WITH code (classid, objid, function) AS (
                SELECT d.classid, d.objid, d.refobjid FROM pg_catalog.pg_depend d
                WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                UNION ALL
                SELECT d.classid, d.objid, o.oprcode FROM pg_catalog.pg_depend d
                JOIN pg_catalog.pg_operator o ON o.oid = d.refobjid
                WHERE d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass AND %s
            ), hook (relation, on_read, function) AS (
                SELECT a.adrelid, false, c.function FROM code c JOIN pg_catalog.pg_attrdef a ON a.oid = c.objid
                WHERE c.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
                UNION
                SELECT k.conrelid, false, c.function FROM code c JOIN pg_catalog.pg_constraint k ON k.oid = c.objid
                WHERE c.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND k.conrelid <> 0
                UNION
                SELECT p.polrelid, true, c.function FROM code c JOIN pg_catalog.pg_policy p ON p.oid = c.objid
                WHERE c.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
                UNION
                SELECT r.ev_class, true, c.function FROM code c JOIN pg_catalog.pg_rewrite r ON r.oid = c.objid
                WHERE c.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND r.rulename = '_RETURN'
                UNION
                SELECT i.indrelid, true, c.function FROM code c JOIN pg_catalog.pg_index i ON i.indexrelid = c.objid
                WHERE c.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                UNION
                SELECT t.partrelid, false, c.function
                FROM code c JOIN pg_catalog.pg_partitioned_table t ON t.partrelid = c.objid
                WHERE c.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
            )
            SELECT h.relation, h.on_read, n.nspname, p.proname
            FROM hook h JOIN pg_catalog.pg_proc p ON p.oid = h.function
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            WHERE p.oid >= 16384
            """.formatted(NOT_OF_AN_EXTENSION.formatted("pg_catalog.pg_operator"));

    static final String OPERATORS = """
            SELECT DISTINCT n.nspname, o.oprname, f.nspname, p.proname
            FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
            JOIN pg_catalog.pg_operator k ON k.oid IN (o.oid, o.oprcom, o.oprnegate)
            LEFT JOIN pg_catalog.pg_proc p ON p.oid = k.oprcode
            LEFT JOIN pg_catalog.pg_namespace f ON f.oid = p.pronamespace
            WHERE o.oid >= 16384 AND %s
            """.formatted(NOT_OF_AN_EXTENSION.formatted("pg_catalog.pg_operator"));

    static final String CASTS = """
            SELECT s.typname, t.typname, o.castcontext <> 'e' OR t.typname IN ('json', 'jsonb'), f.nspname, p.proname
            FROM pg_catalog.pg_cast o
            JOIN pg_catalog.pg_proc p ON p.oid = o.castfunc JOIN pg_catalog.pg_namespace f ON f.oid = p.pronamespace
            JOIN pg_catalog.pg_type s ON s.oid = o.castsource JOIN pg_catalog.pg_type t ON t.oid = o.casttarget
            WHERE o.oid >= 16384 AND o.castfunc >= 16384 AND %s
              AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend i WHERE i.deptype = 'i'
                AND i.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass AND i.objid = o.oid)
            """.formatted(NOT_OF_AN_EXTENSION.formatted("pg_catalog.pg_cast"));

    /**
     * See {@link OwnType}. A range type, a domain or a row that is made of it would bring it along under another name. Step by
     * step, as the few such types are looked for among all columns, and not all columns among each other.
     */
    static final String OWN_TYPES = """
            WITH own AS MATERIALIZED (
                SELECT t.oid, t.typname, t.typarray FROM pg_catalog.pg_type t
                WHERE t.oid >= 16384 AND t.typtype IN ('b', 'e') AND t.typelem = 0
                  AND t.oid IN (SELECT castsource FROM pg_catalog.pg_cast WHERE castfunc >= 16384
                      UNION ALL SELECT casttarget FROM pg_catalog.pg_cast WHERE castfunc >= 16384)
            ), used AS MATERIALIZED (
                SELECT o.oid, a.attrelid, a.attnum FROM own o
                JOIN pg_catalog.pg_attribute a ON a.atttypid IN (o.oid, o.typarray)
                WHERE NOT a.attisdropped
            ), held AS MATERIALIZED (
                SELECT u.oid, u.attrelid, u.attnum, c.relkind, w.oid AS rows, w.typarray FROM used u
                JOIN pg_catalog.pg_class c ON c.oid = u.attrelid JOIN pg_catalog.pg_type w ON w.oid = c.reltype
            )
            SELECT o.oid, o.typname, EXISTS (SELECT 1 FROM used u WHERE u.oid = o.oid) FROM own o
            WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type d
                WHERE d.oid <> o.oid AND (d.typname = o.typname OR d.typbasetype IN (o.oid, o.typarray)))
              AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_range r WHERE r.rngsubtype IN (o.oid, o.typarray))
              AND o.oid NOT IN (SELECT h.oid FROM held h WHERE h.relkind = 'c'
                OR EXISTS (SELECT 1 FROM pg_catalog.pg_constraint f WHERE f.contype = 'f'
                    AND (f.conrelid = h.attrelid AND h.attnum = ANY (f.conkey)
                        OR f.confrelid = h.attrelid AND h.attnum = ANY (f.confkey)))
                OR EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.atttypid IN (h.rows, h.typarray))
                OR EXISTS (SELECT 1 FROM pg_catalog.pg_type d WHERE d.typbasetype IN (h.rows, h.typarray)))
            """;

    static final String DOMAINS = """
            SELECT DISTINCT t.typname, n.nspname, p.proname
            FROM pg_catalog.pg_depend d
            JOIN pg_catalog.pg_constraint k ON k.oid = d.objid
            JOIN pg_catalog.pg_type t ON t.oid = k.contypid
            JOIN pg_catalog.pg_proc p ON p.oid = d.refobjid
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
              AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid >= 16384
            """;

    /** Tables whose rows change when rows of another do: by ON DELETE or ON UPDATE other than NO ACTION and RESTRICT. */
    static final String CASCADES = """
            SELECT confrelid, conrelid, pg_catalog.bool_or(confdeltype IN ('c', 'n', 'd')),
                pg_catalog.bool_or(confupdtype IN ('c', 'n', 'd'))
            FROM pg_catalog.pg_constraint
            WHERE contype = 'f' AND (confdeltype IN ('c', 'n', 'd') OR confupdtype IN ('c', 'n', 'd'))
            GROUP BY confrelid, conrelid
            """;

    static final String EVENT_TRIGGERS = """
            SELECT evtname FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D' AND evtevent <> 'login'
            """;

    static final String TYPES = """
            SELECT t.oid, n.nspname, t.typname, t.typtype, t.typcategory, t.typelem, t.typbasetype
            FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
            WHERE %s
            """.formatted(NOT_TEMPORARY);

    private CatalogueQueries() {}

    /** In the order in which {@link Catalogue#of} takes their results. */
    public static List<String> statements() {
        return List.of(
                RELATIONS,
                COLUMNS,
                INHERITANCE,
                VIEW_BASES,
                VIEW_ACTIONS,
                GENERATED,
                FUNCTIONS,
                ROUTINES,
                TRIGGERS,
                RULES,
                HOOKS,
                OPERATORS,
                CASTS,
                OWN_TYPES,
                DOMAINS,
                CASCADES,
                EVENT_TRIGGERS,
                TYPES);
    }
}
