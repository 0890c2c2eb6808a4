package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the object that a DROP, ALTER, COMMENT or GRANT names, by the grammar's kind of object. */
final class ObjectReader {
    private final Claims claims;

    ObjectReader(Claims claims) {
        this.claims = claims;
    }

    /** An object in a DROP's list or an ALTER's or COMMENT's {@code object} field. */
    void object(Action action, String objectType, JsonNode object) {
        Name name = name(object);
        switch (objectType) {
            case "OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE" -> relation(action, name);
            case "OBJECT_INDEX" -> claims.item(action, "index", name);
            case "OBJECT_SEQUENCE" -> claims.item(action, "sequence", name);
            case "OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE" ->
                claims.item(action, "function", name);
            case "OBJECT_TYPE", "OBJECT_DOMAIN" -> claims.item(action, "type", name);
            case "OBJECT_DOMCONSTRAINT" ->
                claims.item(Action.ALTER, "type", name(Nodes.items(object).getFirst()));
            case "OBJECT_COLUMN", "OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_POLICY", "OBJECT_TABCONSTRAINT" ->
                relation(Action.ALTER, parent(object));
            case "OBJECT_ATTRIBUTE" -> claims.item(Action.ALTER, "type", parent(object));
            case "OBJECT_SCHEMA" -> schema(action, name);
            case "OBJECT_DATABASE" -> claims.effect(action, "database", name.name());
            case "OBJECT_ROLE" -> claims.effect(Action.ADMIN, "role", name.name());
            default -> other(action, objectType, name);
        }
    }

    /** A RangeVar that a statement changes, as a table, index, sequence or type. */
    void rangeVar(Action action, String objectType, JsonNode rangeVar) {
        Name name = Nodes.relation(rangeVar);
        switch (objectType) {
            case "OBJECT_INDEX" -> claims.item(action, "index", name);
            case "OBJECT_SEQUENCE" -> claims.item(action, "sequence", name);
            case "OBJECT_TYPE", "OBJECT_ATTRIBUTE" -> claims.item(action, "type", name);
            default -> relation(action, name);
        }
    }

    private void relation(Action action, Name name) {
        claims.relation(name, action, true, "");
        if (action == Action.DROP) {
            claims.disturbed.add(name.name());
        } else if (action == Action.ALTER) {
            claims.changed.add(name.name());
        }
    }

    private void schema(Action action, Name name) {
        claims.effect(action, "schema", name.name());
        claims.disturbed.add("*");
    }

    private void other(Action action, String objectType, Name name) {
        String kind = objectType.substring("OBJECT_".length()).toLowerCase(Locale.ROOT);
        switch (kind) {
            case "extension" -> claims.effect(Action.ADMIN, "extension", name.name());
            case "access_method",
                    "cast",
                    "conversion",
                    "event_trigger",
                    "fdw",
                    "foreign_server",
                    "language",
                    "largeobject",
                    "opclass",
                    "operator",
                    "opfamily",
                    "parameter_acl",
                    "publication",
                    "subscription",
                    "tablespace",
                    "transform",
                    "user_mapping" -> claims.effect(Action.ADMIN, "other", kind + "." + name);
            default -> claims.effect(action, "other", kind + "." + name);
        }
    }

    private static Name name(JsonNode object) {
        if (!Nodes.tagged(object)) {
            return Name.of("?");
        }
        JsonNode body = Nodes.body(object);
        return switch (Nodes.type(object)) {
            case "String" -> Name.of(Nodes.text(body, "sval"));
            case "List" -> Nodes.name(body, "items");
            case "ObjectWithArgs" -> Nodes.name(body, "objname");
            case "TypeName" -> Nodes.name(body, "names");
            case "RangeVar" -> Nodes.relation(body);
            case "RoleSpec" -> Name.of(Nodes.text(body, "rolename"));
            default -> Name.of("?");
        };
    }

    /** The relation of {@code schema.table.part}. */
    private static Name parent(JsonNode object) {
        List<String> parts = Nodes.strings(Nodes.items(object));
        return parts.size() < 2 ? Name.of("?") : Nodes.name(parts.subList(0, parts.size() - 1));
    }

    void grant(JsonNode grant, @Nullable String detail) {
        String objectType = Nodes.text(grant, "objtype");
        boolean all = Nodes.text(grant, "targtype").equals("ACL_TARGET_ALL_IN_SCHEMA");
        boolean later = Nodes.text(grant, "targtype").equals("ACL_TARGET_DEFAULTS") || detail != null;
        if (later) {
            claims.effect(Action.GRANT, "schema", "?");
            return;
        }
        for (JsonNode object : Nodes.list(grant, "objects")) {
            Name name = name(object);
            if (all) {
                claims.effect(Action.GRANT, kind(objectType), name.name() + ".?");
            } else if (kind(objectType).equals("table")) {
                claims.relation(name, Action.GRANT, true, "");
            } else if (inSchema(objectType)) {
                claims.item(Action.GRANT, kind(objectType), name);
            } else {
                claims.effect(Action.GRANT, kind(objectType), name.name());
            }
        }
    }

    private static boolean inSchema(String objectType) {
        return switch (kind(objectType)) {
            case "function", "sequence", "type" -> true;
            default -> false;
        };
    }

    private static String kind(String objectType) {
        return switch (objectType) {
            case "OBJECT_TABLE", "OBJECT_COLUMN" -> "table";
            case "OBJECT_SEQUENCE" -> "sequence";
            case "OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE" -> "function";
            case "OBJECT_TYPE", "OBJECT_DOMAIN" -> "type";
            case "OBJECT_SCHEMA" -> "schema";
            case "OBJECT_DATABASE" -> "database";
            case "OBJECT_PARAMETER_ACL" -> "setting";
            default -> "other";
        };
    }
}
