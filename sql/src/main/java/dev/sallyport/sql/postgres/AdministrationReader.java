package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what concerns the server or the whole database: roles, foreign servers, replication, maintenance. */
final class AdministrationReader {
    private final Claims claims;

    AdministrationReader(Claims claims) {
        this.claims = claims;
    }

    /** Whether the statement is one of these. */
    boolean read(String type, JsonNode body) {
        switch (type) {
            case "CreateRoleStmt" -> role(Nodes.text(body, "role"));
            case "AlterRoleStmt", "AlterRoleSetStmt" -> roleSpec(Nodes.child(body, "role"));
            case "DropRoleStmt", "DropOwnedStmt", "ReassignOwnedStmt" -> {
                Nodes.list(body, "roles").forEach(role -> roleSpec(Nodes.body(role)));
                claims.disturbed.add("*");
            }
            case "AlterSystemStmt" -> {
                JsonNode set = Nodes.child(body, "setstmt");
                claims.effect(Action.ADMIN, "setting", set == null ? "?" : name(set, "name", "all"));
            }
            case "LoadStmt" -> claims.effect(Action.ADMIN, "file", Nodes.text(body, "filename"));
            case "CheckPointStmt" -> claims.effect(Action.ADMIN, "other", "checkpoint");
            case "VacuumStmt" -> vacuum(body);
            case "ClusterStmt", "ReindexStmt" -> {
                JsonNode relation = Nodes.child(body, "relation");
                if (relation == null) {
                    claims.effect(Action.ADMIN, "database", name(body, "name", ""));
                } else if (Nodes.text(body, "kind").equals("REINDEX_OBJECT_INDEX")) {
                    claims.item(Action.ADMIN, "index", Nodes.relation(relation));
                } else {
                    claims.relation(Nodes.relation(relation), Action.ADMIN, true, "maintenance");
                }
            }
            case "CreateExtensionStmt", "AlterExtensionStmt", "AlterExtensionContentsStmt" -> {
                claims.effect(Action.ADMIN, "extension", Nodes.text(body, "extname"));
                claims.disturbed.add("*");
            }
            case "SecLabelStmt" -> other("security_label", "");
            case "CreateFdwStmt", "AlterFdwStmt" -> other("fdw", Nodes.text(body, "fdwname"));
            case "CreateForeignServerStmt", "AlterForeignServerStmt" ->
                other("foreign_server", Nodes.text(body, "servername"));
            case "CreateUserMappingStmt", "AlterUserMappingStmt", "DropUserMappingStmt" ->
                other("user_mapping", Nodes.text(body, "servername"));
            case "ImportForeignSchemaStmt" -> {
                other("foreign_server", Nodes.text(body, "server_name"));
                claims.effect(Action.ALTER, "schema", Nodes.text(body, "local_schema"));
                claims.disturbed.add("*");
            }
            case "CreateEventTrigStmt", "AlterEventTrigStmt" -> other("event_trigger", Nodes.text(body, "trigname"));
            case "CreatePLangStmt" -> other("language", Nodes.text(body, "plname"));
            case "CreateAmStmt" -> other("access_method", Nodes.text(body, "amname"));
            case "CreatePublicationStmt", "AlterPublicationStmt" -> other("publication", Nodes.text(body, "pubname"));
            case "CreateSubscriptionStmt", "AlterSubscriptionStmt", "DropSubscriptionStmt" ->
                other("subscription", Nodes.text(body, "subname"));
            case "CreateTableSpaceStmt", "DropTableSpaceStmt", "AlterTableSpaceOptionsStmt" ->
                other("tablespace", Nodes.text(body, "tablespacename"));
            case "AlterTableMoveAllStmt" -> other("tablespace", Nodes.text(body, "orig_tablespacename"));
            case "CreateCastStmt" -> other("cast", "");
            case "CreateTransformStmt" -> other("transform", "");
            case "CreateConversionStmt" ->
                other("conversion", Nodes.name(body, "conversion_name").toString());
            case "CreateOpClassStmt" ->
                other("opclass", Nodes.name(body, "opclassname").toString());
            case "CreateOpFamilyStmt", "AlterOpFamilyStmt" ->
                other("opfamily", Nodes.name(body, "opfamilyname").toString());
            case "AlterOperatorStmt" -> other("operator", "");
            case "AlterCollationStmt" -> changed("collation", Nodes.name(body, "collname"));
            case "AlterTSDictionaryStmt" -> changed("tsdictionary", Nodes.name(body, "dictname"));
            case "AlterTSConfigurationStmt" -> changed("tsconfiguration", Nodes.name(body, "cfgname"));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void other(String kind, String name) {
        claims.effect(Action.ADMIN, "other", kind + "." + name);
    }

    private void changed(String kind, Name name) {
        claims.effect(Action.ALTER, "other", kind + "." + name);
    }

    private void role(String name) {
        claims.effect(Action.ADMIN, "role", name.isEmpty() ? "?" : name);
    }

    private void roleSpec(@Nullable JsonNode spec) {
        role(spec == null ? "" : Nodes.text(spec, "rolename"));
    }

    private static String name(JsonNode body, String field, String otherwise) {
        String name = Nodes.text(body, field).toLowerCase(Locale.ROOT);
        return name.isEmpty() ? otherwise : name;
    }

    private void vacuum(JsonNode body) {
        List<JsonNode> relations = Nodes.list(body, "rels");
        if (relations.isEmpty()) {
            claims.effect(Action.ADMIN, "database", "");
        }
        for (JsonNode tagged : relations) {
            JsonNode relation = Nodes.child(Nodes.body(tagged), "relation");
            if (relation != null) {
                claims.relation(Nodes.relation(relation), Action.ADMIN, true, "maintenance");
            }
        }
    }
}
