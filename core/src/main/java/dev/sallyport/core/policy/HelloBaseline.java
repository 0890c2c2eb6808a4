package dev.sallyport.core.policy;

import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.ObjectRef;
import java.util.Map;
import java.util.Set;

/**
 * What every driver does to say hello, which needs no rule on a target that the identity is admitted to: transactions,
 * its own prepared statements, cursors and temporary tables (DISCARD), to stop listening, to give back its advisory
 * locks, a short list of settings, built-in functions that only compute, and looking up names and types in the
 * catalogue. It is an allowance like any other: deny and approve rules come before it.
 *
 * <p>A setting is on the list when no value of it changes what a statement means, who runs it, or what others see; for
 * {@code client_encoding} and {@code standard_conforming_strings}, whose other values come as {@code unknown}, when the
 * value is the one that statements are read by. RESET ALL goes back to how the gateway opened the session. Not on the
 * list: {@code search_path}, {@code role}, {@code session_replication_role}, {@code row_security},
 * {@code transform_null_equals}, {@code default_transaction_read_only} or anything of the planner's.
 *
 * <p>A catalogue table is on the list when it holds names, types and shapes. Columns of it that can hold values out of
 * tables, text of programs and expressions (with the literals in them), rights or options are held back: a command that
 * may use one of those needs a rule. Not on the list at all: {@code pg_settings} (paths and connection strings),
 * {@code pg_stats} and {@code pg_statistic} (values), {@code pg_stat_activity} (others' statements), {@code pg_views},
 * {@code pg_rewrite}, {@code pg_trigger} and {@code pg_attrdef} (expressions), {@code pg_authid} and {@code pg_roles}.
 */
public final class HelloBaseline {
    /** Settings that may be set. */
    public static final Set<String> SETTINGS = Set.of(
            "application_name",
            "bytea_output",
            "client_encoding",
            "client_min_messages",
            "datestyle",
            "extra_float_digits",
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "intervalstyle",
            "lock_timeout",
            "standard_conforming_strings",
            "statement_timeout",
            "timezone",
            "transaction_timeout");

    /** As RESET ALL and DISCARD ALL name it; to show all is another matter. */
    private static final String ALL_SETTINGS = "all";

    /** Settings that may be shown besides. */
    public static final Set<String> SHOWN = Set.of(
            "default_transaction_isolation",
            "default_transaction_read_only",
            "in_hot_standby",
            "integer_datetimes",
            "is_superuser",
            "lc_collate",
            "lc_ctype",
            "max_identifier_length",
            "max_index_keys",
            "search_path",
            "server_encoding",
            "server_version",
            "server_version_num",
            "transaction_isolation",
            "transaction_read_only");

    /** Catalogue tables that may be read, and the columns of each that are held back. */
    public static final Map<String, Set<String>> CATALOGUE = Map.ofEntries(
            Map.entry("pg_catalog.pg_am", Set.of()),
            Map.entry("pg_catalog.pg_attribute", Set.of("attacl", "attfdwoptions", "attmissingval", "attoptions")),
            Map.entry("pg_catalog.pg_class", Set.of("relacl", "reloptions", "relpartbound")),
            Map.entry("pg_catalog.pg_collation", Set.of()),
            Map.entry("pg_catalog.pg_constraint", Set.of("conbin")),
            Map.entry("pg_catalog.pg_database", Set.of("datacl")),
            Map.entry("pg_catalog.pg_description", Set.of()),
            Map.entry("pg_catalog.pg_enum", Set.of()),
            Map.entry("pg_catalog.pg_index", Set.of("indexprs", "indpred")),
            Map.entry("pg_catalog.pg_inherits", Set.of()),
            Map.entry("pg_catalog.pg_namespace", Set.of("nspacl")),
            Map.entry("pg_catalog.pg_opclass", Set.of()),
            Map.entry("pg_catalog.pg_operator", Set.of()),
            Map.entry(
                    "pg_catalog.pg_proc",
                    Set.of("probin", "proacl", "proargdefaults", "proconfig", "prosqlbody", "prosrc")),
            Map.entry("pg_catalog.pg_range", Set.of()),
            // Whole, since drivers ask for all of it (SELECT oid, * FROM pg_type): beyond names and types it holds who
            // may use a type, and the default of a domain.
            Map.entry("pg_catalog.pg_type", Set.of()),
            Map.entry("information_schema.columns", Set.of("column_default", "generation_expression")),
            Map.entry("information_schema.key_column_usage", Set.of()),
            Map.entry("information_schema.schemata", Set.of()),
            Map.entry("information_schema.table_constraints", Set.of()),
            Map.entry("information_schema.tables", Set.of()));

    private HelloBaseline() {}

    static boolean covers(Effect effect, Command command) {
        ObjectRef object = effect.object();
        return switch (effect.action()) {
            case SESSION -> session(object);
            case READ -> read(object, command);
            case CALL -> object.kind().equals("pure-function") && !object.name().contains("?");
            case INSERT, UPDATE, DELETE, TRUNCATE, CREATE, ALTER, DROP, GRANT, ADMIN, PUBLISH, CONSUME, UNKNOWN ->
                false;
        };
    }

    private static boolean isBuiltIn(String function) {
        return function.startsWith("pg_catalog.") || function.startsWith("information_schema.");
    }

    private static boolean session(ObjectRef object) {
        return switch (object.kind()) {
            case "transaction", "prepared", "cursor", "channel" -> true;
            case "table" -> object.name().startsWith("pg_temp.");
            // Gives back what only this session holds: pools have it give back its advisory locks.
            case "function" -> isBuiltIn(object.name());
            case "setting" -> SETTINGS.contains(object.name()) || object.name().equals(ALL_SETTINGS);
            default -> false;
        };
    }

    private static boolean read(ObjectRef object, Command command) {
        return switch (object.kind()) {
            case "value" -> true;
            case "setting" -> SETTINGS.contains(object.name()) || SHOWN.contains(object.name());
            case "table" -> catalogue(object.name(), command);
            default -> false;
        };
    }

    private static boolean catalogue(String table, Command command) {
        Set<String> heldBack = CATALOGUE.get(table);
        if (heldBack == null) {
            return false;
        }
        if (heldBack.isEmpty()) {
            return true;
        }
        for (ColumnUse use : command.columns()) {
            boolean mayBeThis = use.table().equals(table) || use.table().indexOf('?') >= 0;
            if (mayBeThis
                    && (use.column().equals("*") || use.column().equals("?") || heldBack.contains(use.column()))) {
                return false;
            }
        }
        return true;
    }
}
