package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.ColumnUse.Role;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what makes, changes, drops or looks after objects: DDL, privileges, maintenance. */
final class DefinitionReader {
    private final Claims claims;
    private final QueryReader queries;
    private final ObjectReader objects;

    DefinitionReader(Claims claims, QueryReader queries) {
        this.claims = claims;
        this.queries = queries;
        this.objects = new ObjectReader(claims);
    }

    void read(JsonNode tagged) {
        String type = Nodes.type(tagged);
        JsonNode body = Nodes.body(tagged);
        switch (type) {
            case "CreateStmt" -> createTable(body);
            case "CreateForeignTableStmt" -> {
                admin("foreign_server", Nodes.text(body, "servername"));
                JsonNode base = Nodes.child(body, "base");
                if (base != null) {
                    createTable(base);
                }
            }
            case "ViewStmt" -> view(body);
            case "IndexStmt" -> index(body);
            case "CreateFunctionStmt" -> function(body);
            case "CreateSeqStmt" -> {
                Name name = range(body, "sequence");
                claims.defineItem(Action.CREATE, "sequence", name);
                walk(body, "options");
            }
            case "AlterSeqStmt" -> claims.item(Action.ALTER, "sequence", range(body, "sequence"));
            case "CompositeTypeStmt" -> {
                claims.defineItem(Action.CREATE, "type", range(body, "typevar"));
                walk(body, "coldeflist");
            }
            case "CreateDomainStmt" -> {
                claims.defineItem(Action.CREATE, "type", Nodes.name(body, "domainname"));
                walk(body, "typeName", "constraints");
            }
            case "CreateEnumStmt", "CreateRangeStmt" ->
                claims.defineItem(Action.CREATE, "type", Nodes.name(body, "typeName"));
            case "AlterEnumStmt", "AlterTypeStmt" -> claims.item(Action.ALTER, "type", Nodes.name(body, "typeName"));
            case "AlterDomainStmt" -> {
                claims.item(Action.ALTER, "type", Nodes.name(body, "typeName"));
                walk(body, "def");
            }
            case "CreateSchemaStmt" -> schema(body);
            case "CreateTrigStmt", "RuleStmt" -> hook(body, "relation");
            case "CreatePolicyStmt", "AlterPolicyStmt" -> hook(body, "table");
            case "AlterTableStmt" -> alterTable(body);
            case "RenameStmt" -> rename(body);
            case "AlterObjectSchemaStmt", "AlterOwnerStmt", "AlterObjectDependsStmt" -> alterObject(body);
            case "AlterFunctionStmt" -> alterFunction(body);
            case "CommentStmt" -> object(Action.ALTER, Nodes.text(body, "objtype"), body);
            case "DropStmt" -> drop(body);
            case "TruncateStmt" -> truncate(body);
            case "GrantStmt" -> objects.grant(body, null);
            case "AlterDefaultPrivilegesStmt" -> objects.grant(body, "from now on");
            case "GrantRoleStmt" -> {
                for (JsonNode role : Nodes.list(body, "granted_roles")) {
                    claims.effect(Action.GRANT, "role", Nodes.text(Nodes.body(role), "priv_name"));
                }
            }
            case "DefineStmt" -> define(body);
            case "CreateStatsStmt", "AlterStatsStmt" -> {
                claims.effect(
                        type.startsWith("Create") ? Action.CREATE : Action.ALTER,
                        "other",
                        "statistics." + Nodes.name(body, "defnames"));
                walk(body, "exprs", "relations");
            }
            case "RefreshMatViewStmt" -> claims.relation(range(body, "relation"), Action.UPDATE, true, "refresh");
            case "LockStmt" -> {
                for (JsonNode relation : Nodes.list(body, "relations")) {
                    claims.relation(Nodes.relation(Nodes.body(relation)), Action.UPDATE, true, "table lock");
                }
            }
            case "CreatedbStmt" -> claims.effect(Action.CREATE, "database", Nodes.text(body, "dbname"));
            case "DropdbStmt" -> claims.effect(Action.DROP, "database", Nodes.text(body, "dbname"));
            case "AlterDatabaseStmt", "AlterDatabaseSetStmt", "AlterDatabaseRefreshCollStmt" ->
                claims.effect(Action.ALTER, "database", Nodes.text(body, "dbname"));
            default -> {
                if (!new AdministrationReader(claims).read(type, body)) {
                    claims.unknown("other", "statement", "a statement of the kind " + type);
                    queries.expressions().readChildren(body, Scope.outermost());
                }
            }
        }
    }

    private void admin(String kind, String name) {
        claims.effect(Action.ADMIN, "other", kind + "." + name);
    }

    private Name range(JsonNode body, String field) {
        JsonNode relation = Nodes.child(body, field);
        return relation == null ? Name.of("?") : Nodes.relation(relation);
    }

    private void walk(JsonNode body, String... fields) {
        queries.expressions().readAll(body, Scope.outermost(), fields);
    }

    /** Reads expressions over the columns of the last table that was named, and says what they are for. */
    private void over(Name table, JsonNode body, Role role, String... fields) {
        Scope scope = Scope.outermost();
        scope.add(FromReader.table(table, null, claims.relations.size() - 1));
        claims.mark(queries.expressions().readAll(body, scope, fields), role);
    }

    /** Says what a column of the last table that was named is for, or all of them. */
    private void mark(String column, Role role) {
        claims.mark(List.of(new Origin.Column(claims.relations.size() - 1, column)), role);
    }

    private void createTable(JsonNode create) {
        JsonNode relation = Nodes.child(create, "relation");
        if (relation != null) {
            claims.define(Nodes.relation(relation), Nodes.text(relation, "relpersistence"));
        }
        for (JsonNode parent : Nodes.list(create, "inhRelations")) {
            // Rows of the new table are rows of its parents from here on.
            objects.rangeVar(Action.ALTER, "OBJECT_TABLE", Nodes.body(parent));
        }
        walk(create, "tableElts", "constraints", "nnconstraints", "partbound", "partspec", "ofTypename");
    }

    private void view(JsonNode view) {
        JsonNode relation = Nodes.child(view, "view");
        JsonNode query = Nodes.child(view, "query");
        if (relation == null || query == null) {
            throw new IllegalStateException("CREATE VIEW without its name or query");
        }
        // Whoever reads the view reads these tables, so making it is judged like reading them.
        queries.query(query, Scope.outermost());
        claims.define(Nodes.relation(relation), Nodes.text(relation, "relpersistence"), Claims.VIEW);
        claims.disturbed.add(Nodes.text(relation, "relname"));
        if (Nodes.flag(view, "replace")) {
            claims.relation(Nodes.relation(relation), Action.ALTER, true, "or replace");
        }
    }

    private void index(JsonNode index) {
        Name table = range(index, "relation");
        String name = Nodes.text(index, "idxname");
        // An index is made in the schema of its table.
        claims.item(Action.CREATE, "index", new Name(table.schema(), name.isEmpty() ? "?" : name));
        claims.changed.add(table.name());
        // What computes a value may fail by it, and two equal ones fail to be unique.
        claims.relation(table, Action.ALTER, true, "index");
        over(table, index, Role.PREDICATE, "indexParams", "whereClause");
        for (JsonNode tagged : Nodes.list(index, "indexParams")) {
            String column = Nodes.text(Nodes.body(tagged), "name");
            if (Nodes.flag(index, "unique") && !column.isEmpty()) {
                mark(column, Role.PREDICATE);
            }
        }
    }

    private void function(JsonNode function) {
        Name name = Nodes.name(function, "funcname");
        claims.defineItem(Action.CREATE, "function", name);
        if (Nodes.flag(function, "replace")) {
            claims.defineItem(Action.ALTER, "function", name);
        }
        walk(function, "parameters", "sql_body");
    }

    private void schema(JsonNode schema) {
        String name = Nodes.text(schema, "schemaname");
        claims.effect(Action.CREATE, "schema", name.isEmpty() ? "?" : name);
        claims.disturbed.add("*");
        if (!Nodes.list(schema, "schemaElts").isEmpty()) {
            claims.unknown("schema", name, "CREATE SCHEMA holds further statements");
        }
    }

    /** A trigger, rule or policy: code that runs when the table is used. */
    private void hook(JsonNode body, String field) {
        Name table = range(body, field);
        claims.relation(table, Action.ALTER, true, "trigger, rule or policy");
        claims.disturbed.add(table.name());
        over(table, body, Role.PREDICATE, "qual", "with_check", "whenClause", "whereClause");
        walk(body, "actions");
    }

    private void alterTable(JsonNode alter) {
        JsonNode relation = Nodes.child(alter, "relation");
        if (relation == null) {
            return;
        }
        String type = Nodes.text(alter, "objtype");
        Name table = Nodes.relation(relation);
        int before = claims.relations.size();
        objects.rangeVar(Action.ALTER, type, relation);
        boolean ofTable = claims.relations.size() > before;
        boolean cascade = false;
        for (JsonNode tagged : Nodes.list(alter, "cmds")) {
            JsonNode command = Nodes.body(tagged);
            cascade |= Nodes.text(command, "behavior").equals("DROP_CASCADE");
            switch (Nodes.text(command, "subtype")) {
                case "AT_AttachPartition", "AT_AddInherit" -> related(command, table);
                case "AT_DetachPartition", "AT_DetachPartitionFinalize", "AT_DropInherit" -> {
                    related(command, table);
                    // What a mask on the parent covered stands alone from here on.
                    mark("*", Role.STORED);
                }
                case "AT_EnableTrig",
                        "AT_EnableAlwaysTrig",
                        "AT_EnableReplicaTrig",
                        "AT_EnableTrigAll",
                        "AT_EnableTrigUser",
                        "AT_EnableRule",
                        "AT_EnableAlwaysRule",
                        "AT_EnableReplicaRule" -> claims.disturbed.add(table.name());
                default -> {
                    if (ofTable) {
                        column(table, command);
                    } else {
                        walk(command, "def");
                    }
                }
            }
        }
        cascade(cascade);
        if (!claims.calls.isEmpty()) {
            claims.disturbed.add(table.name());
        }
    }

    /** What is done to columns of a table: constraints are checked against each row, and so may tell of its values. */
    private void column(Name table, JsonNode command) {
        String subtype = Nodes.text(command, "subtype");
        boolean stores = subtype.equals("AT_AddColumn") || subtype.equals("AT_SetExpression");
        over(table, command, stores ? Role.STORED : Role.PREDICATE, "def");
        String name = Nodes.text(command, "name");
        if (subtype.equals("AT_AlterColumnType") || subtype.equals("AT_SetNotNull")) {
            mark(name, Role.PREDICATE);
        }
        JsonNode constraint = Nodes.child(command, "def", "Constraint");
        if (constraint != null) {
            for (String list : List.of("keys", "fk_attrs")) {
                Nodes.strings(Nodes.list(constraint, list)).forEach(column -> mark(column, Role.PREDICATE));
            }
        }
    }

    /** The other table of a partition or an inheritance. */
    private void related(JsonNode command, Name table) {
        claims.disturbed.add(table.name());
        JsonNode partition = Nodes.child(command, "def", "PartitionCmd");
        JsonNode parent = Nodes.child(command, "def", "RangeVar");
        JsonNode other = partition == null ? parent : Nodes.child(partition, "name");
        if (other != null) {
            objects.rangeVar(Action.ALTER, "OBJECT_TABLE", other);
            claims.disturbed.add(Nodes.text(other, "relname"));
        }
    }

    private void rename(JsonNode rename) {
        String type = Nodes.text(rename, "renameType");
        JsonNode relation = Nodes.child(rename, "relation");
        boolean part = type.equals("OBJECT_COLUMN") || type.equals("OBJECT_TABCONSTRAINT");
        if (relation != null) {
            int before = claims.relations.size();
            objects.rangeVar(Action.ALTER, part ? Nodes.text(rename, "relationType") : type, relation);
            if (claims.relations.size() > before && !type.equals("OBJECT_TABCONSTRAINT")) {
                // Masks go by names.
                mark(type.equals("OBJECT_COLUMN") ? Nodes.text(rename, "subname") : "*", Role.STORED);
            }
            if (!part && !type.equals("OBJECT_ATTRIBUTE")) {
                claims.disturbed.add(Nodes.text(relation, "relname"));
                claims.disturbed.add(Nodes.text(rename, "newname"));
            }
            return;
        }
        JsonNode object = Nodes.child(rename, "object");
        if (object != null) {
            claims.disturbed.add(Nodes.text(rename, "newname"));
            objects.object(Action.ALTER, type.equals("OBJECT_DOMCONSTRAINT") ? "OBJECT_DOMAIN" : type, object);
        } else {
            // Schemas, databases and roles have a plain name here.
            simple(type, Nodes.text(rename, "subname"));
        }
    }

    private void simple(String type, String name) {
        claims.disturbed.add("*");
        switch (type) {
            case "OBJECT_SCHEMA" -> claims.effect(Action.ALTER, "schema", name);
            case "OBJECT_DATABASE" -> claims.effect(Action.ALTER, "database", name);
            case "OBJECT_ROLE" -> claims.effect(Action.ADMIN, "role", name);
            default -> admin(type.substring("OBJECT_".length()).toLowerCase(Locale.ROOT), name);
        }
    }

    private void alterObject(JsonNode alter) {
        String type = Nodes.text(alter, "objectType");
        object(Action.ALTER, type, alter);
        JsonNode relation = Nodes.child(alter, "relation");
        if (relation != null && !Nodes.text(alter, "newschema").isEmpty()) {
            if (!claims.relations.isEmpty()) {
                mark("*", Role.STORED);
            }
            claims.disturbed.add(Nodes.text(relation, "relname"));
        }
    }

    private void object(Action action, String type, JsonNode body) {
        JsonNode relation = Nodes.child(body, "relation");
        JsonNode object = Nodes.child(body, "object");
        if (relation != null) {
            objects.rangeVar(action, type, relation);
        } else if (object != null) {
            objects.object(action, type, object);
        }
    }

    private void alterFunction(JsonNode alter) {
        JsonNode function = Nodes.child(alter, "func");
        if (function != null) {
            claims.item(Action.ALTER, "function", Nodes.name(function, "objname"));
        }
    }

    private void drop(JsonNode drop) {
        for (JsonNode object : Nodes.list(drop, "objects")) {
            objects.object(Action.DROP, Nodes.text(drop, "removeType"), object);
        }
        cascade(Nodes.text(drop, "behavior").equals("DROP_CASCADE"));
    }

    /** CASCADE drops whatever depends on the object, wherever it is. */
    private void cascade(boolean cascade) {
        if (cascade) {
            claims.effect(Action.DROP, "other", "?");
            claims.disturbed.add("*");
        }
    }

    private void truncate(JsonNode truncate) {
        for (JsonNode relation : Nodes.list(truncate, "relations")) {
            claims.relation(Nodes.relation(Nodes.body(relation)), Action.TRUNCATE, false, "");
        }
        if (Nodes.text(truncate, "behavior").equals("DROP_CASCADE")) {
            claims.effect(Action.TRUNCATE, "table", "?.?");
        }
    }

    private void define(JsonNode define) {
        String type = Nodes.text(define, "kind");
        Name name = Nodes.name(define, "defnames");
        @Nullable
        String kind = switch (type) {
            case "OBJECT_AGGREGATE" -> "function";
            case "OBJECT_TYPE" -> "type";
            default -> null;
        };
        if (kind != null) {
            claims.defineItem(Action.CREATE, kind, name);
            if (Nodes.flag(define, "replace")) {
                claims.defineItem(Action.ALTER, kind, name);
            }
        } else if (List.of("OBJECT_COLLATION", "OBJECT_TSCONFIGURATION", "OBJECT_TSDICTIONARY")
                .contains(type)) {
            claims.effect(
                    Action.CREATE, "other", type.substring("OBJECT_".length()).toLowerCase(Locale.ROOT) + "." + name);
        } else {
            admin(type.substring("OBJECT_".length()).toLowerCase(Locale.ROOT), name.toString());
        }
    }
}
