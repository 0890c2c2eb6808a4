package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.sql.postgres.StatementKind.Discard;
import dev.sallyport.sql.postgres.StatementKind.Transaction.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what concerns the session's own state: transactions, settings, cursors, prepared statements, channels. */
final class SessionReader {
    private SessionReader() {}

    /** The statement, or empty where it is of another kind. */
    static Optional<Statement> read(JsonNode tagged, Claims claims) {
        JsonNode body = Nodes.body(tagged);
        return switch (Nodes.type(tagged)) {
            case "TransactionStmt" -> Optional.of(transaction(body, claims));
            case "VariableSetStmt" -> Optional.of(set(body, claims));
            case "VariableShowStmt" -> Optional.of(show(body, claims));
            case "DeallocateStmt" -> {
                Optional<String> name = name(body, "name");
                claims.effect(Action.SESSION, "prepared", name.orElse(""));
                yield Optional.of(new Statement(new StatementKind.Deallocate(name), false, claims));
            }
            case "ClosePortalStmt" -> {
                Optional<String> name = name(body, "portalname");
                claims.effect(Action.SESSION, "cursor", name.orElse(""));
                yield Optional.of(new Statement(new StatementKind.Close(name), false, claims));
            }
            case "FetchStmt" -> {
                boolean move = Nodes.flag(body, "ismove");
                yield Optional.of(
                        new Statement(new StatementKind.Fetch(Nodes.text(body, "portalname"), move), !move, claims));
            }
            case "DiscardStmt" -> Optional.of(discard(body, claims));
            case "ListenStmt" -> {
                String channel = Nodes.text(body, "conditionname");
                claims.effect(Action.CONSUME, "channel", channel);
                yield Optional.of(new Statement(new StatementKind.Listen(channel), false, claims));
            }
            case "UnlistenStmt" -> {
                claims.effect(Action.SESSION, "channel", Nodes.text(body, "conditionname"));
                yield Optional.of(new Statement(new StatementKind.Utility("UnlistenStmt"), false, claims));
            }
            case "NotifyStmt" -> {
                String channel = Nodes.text(body, "conditionname");
                claims.effect(Action.PUBLISH, "channel", channel);
                yield Optional.of(new Statement(new StatementKind.Notify(channel), false, claims));
            }
            case "ConstraintsSetStmt" -> {
                claims.effect(Action.SESSION, "transaction", "");
                yield Optional.of(new Statement(new StatementKind.Utility("ConstraintsSetStmt"), false, claims));
            }
            default -> Optional.empty();
        };
    }

    private static Optional<String> name(JsonNode body, String field) {
        String name = Nodes.text(body, field);
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    private static Statement transaction(JsonNode body, Claims claims) {
        Verb verb = switch (Nodes.text(body, "kind")) {
            case "TRANS_STMT_BEGIN", "TRANS_STMT_START" -> Verb.BEGIN;
            case "TRANS_STMT_COMMIT" -> Verb.COMMIT;
            case "TRANS_STMT_ROLLBACK" -> Verb.ROLLBACK;
            case "TRANS_STMT_SAVEPOINT" -> Verb.SAVEPOINT;
            case "TRANS_STMT_RELEASE" -> Verb.RELEASE;
            case "TRANS_STMT_ROLLBACK_TO" -> Verb.ROLLBACK_TO;
            case "TRANS_STMT_PREPARE" -> Verb.PREPARE;
            case "TRANS_STMT_COMMIT_PREPARED" -> Verb.COMMIT_PREPARED;
            case "TRANS_STMT_ROLLBACK_PREPARED" -> Verb.ROLLBACK_PREPARED;
            default -> throw new IllegalStateException("a transaction statement of no known kind");
        };
        switch (verb) {
            case BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, ROLLBACK_TO ->
                claims.effect(Action.SESSION, "transaction", "");
            case PREPARE, COMMIT_PREPARED, ROLLBACK_PREPARED ->
                claims.effect(Action.ADMIN, "transaction", Nodes.text(body, "gid"));
        }
        return new Statement(new StatementKind.Transaction(verb), false, claims);
    }

    private static Statement set(JsonNode body, Claims claims) {
        String name = Nodes.text(body, "name").toLowerCase(Locale.ROOT);
        return switch (Nodes.text(body, "kind")) {
            case "VAR_RESET_ALL" -> {
                claims.effect(Action.SESSION, "setting", "all");
                yield new Statement(new StatementKind.Reset(Optional.empty()), false, claims);
            }
            case "VAR_RESET" -> {
                claims.effects.add(Settings.change(name, List.of()));
                yield new Statement(new StatementKind.Reset(Optional.of(name)), false, claims);
            }
            case "VAR_SET_MULTI" -> {
                // SET TRANSACTION and SET SESSION CHARACTERISTICS AS TRANSACTION.
                claims.effect(Action.SESSION, "transaction", "");
                yield new Statement(new StatementKind.Utility("VariableSetStmt"), false, claims);
            }
            case "VAR_SET_VALUE", "VAR_SET_DEFAULT", "VAR_SET_CURRENT" -> {
                List<@Nullable String> values = new ArrayList<>();
                for (JsonNode value : Nodes.list(body, "args")) {
                    values.add(Nodes.constant(value));
                }
                claims.effects.add(Settings.change(name, values));
                List<String> known =
                        values.stream().map(v -> v == null ? "?" : v).toList();
                yield new Statement(new StatementKind.Set(name, known, Nodes.flag(body, "is_local")), false, claims);
            }
            default -> throw new IllegalStateException("a SET of no known kind");
        };
    }

    private static Statement show(JsonNode body, Claims claims) {
        String name = Nodes.text(body, "name").toLowerCase(Locale.ROOT);
        claims.effect(Action.READ, "setting", name);
        return new Statement(new StatementKind.Show(name), true, claims);
    }

    private static Statement discard(JsonNode body, Claims claims) {
        Discard.What what = switch (Nodes.text(body, "target")) {
            case "DISCARD_ALL" -> Discard.What.ALL;
            case "DISCARD_PLANS" -> Discard.What.PLANS;
            case "DISCARD_SEQUENCES" -> Discard.What.SEQUENCES;
            case "DISCARD_TEMP" -> Discard.What.TEMPORARY;
            default -> throw new IllegalStateException("a DISCARD of no known kind");
        };
        switch (what) {
            case ALL -> {
                claims.effect(Action.SESSION, "setting", "all");
                claims.effect(Action.SESSION, "prepared", "");
                claims.effect(Action.SESSION, "cursor", "");
                claims.effect(Action.SESSION, "table", "pg_temp.*");
            }
            case PLANS, SEQUENCES -> claims.effect(Action.SESSION, "prepared", "");
            case TEMPORARY -> claims.effect(Action.SESSION, "table", "pg_temp.*");
        }
        return new Statement(new StatementKind.Discard(what), false, claims);
    }
}
