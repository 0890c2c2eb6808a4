package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.ObjectRef;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Column;
import dev.sallyport.sql.postgres.catalogue.Relation;
import dev.sallyport.sql.postgres.catalogue.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges what a statement does to the relations and other objects that it names. */
final class RelationJudge {
    private final Findings findings;
    private final Names names;
    private final FunctionJudge functions;
    private final Catalogue catalogue;

    RelationJudge(Findings findings, Names names, FunctionJudge functions, Catalogue catalogue) {
        this.functions = functions;
        this.findings = findings;
        this.names = names;
        this.catalogue = catalogue;
    }

    /**
     * Judges all relations of a statement.
     *
     * @param explained whether the statement is only planned, so that whatever it names is at most read
     * @return what each of them may mean, in the statement's order
     */
    List<List<Names.Meaning>> judge(Claims claims, boolean explained) {
        List<List<Names.Meaning>> meanings = new ArrayList<>(claims.relations.size());
        for (int i = 0; i < claims.relations.size(); i++) {
            Claims.Relation relation = claims.relations.get(i);
            if (relation.defines()) {
                meanings.add(List.of(define(relation, explained)));
            } else {
                List<Names.Meaning> named = names.relation(relation.name(), catalogue);
                List<Names.Meaning> found = claims.isAlone(i)
                        ? named.stream().map(Names.Meaning::withoutChildren).toList()
                        : named;
                meanings.add(found);
                found.forEach(meaning -> touch(meaning, relation, explained));
            }
        }
        if (!explained) {
            for (Claims.Item item : claims.items) {
                item(item, meanings);
            }
            findings.effects.addAll(claims.effects);
        } else {
            claims.effects.stream()
                    .filter(effect -> effect.action() == Action.UNKNOWN || effect.action() == Action.READ)
                    .forEach(findings.effects::add);
        }
        return meanings;
    }

    private Names.Meaning define(Claims.Relation relation, boolean explained) {
        Name name = relation.name();
        String qualified = relation.temporary() ? "pg_temp." + name.name() : names.whereCreated(name);
        if (!explained) {
            findings.effects.add(new Effect(Action.CREATE, new ObjectRef("table", qualified), true, relation.detail()));
            findings.definesTemporary |= relation.temporary();
            findings.changesSchema |= !relation.temporary();
        }
        return new Names.Meaning(qualified, null, relation.temporary());
    }

    private void touch(Names.Meaning meaning, Claims.Relation claim, boolean explained) {
        Action action = explained ? Action.READ : claim.action();
        Relation relation = meaning.relation();
        if (relation == null) {
            findings.tables.add(meaning.qualified());
            if (!meaning.temporary()) {
                findings.tables.add(Findings.ANY);
            }
        } else {
            findings.tables.addAll(
                    meaning.alone() ? catalogue.ownTables(relation.oid()) : catalogue.baseTables(relation.oid()));
            findings.throughView |= relation.isView();
        }
        effect(meaning, action, claim);
        if (relation == null) {
            switch (action) {
                case INSERT, UPDATE, DELETE, TRUNCATE -> ownCode(meaning, claim);
                case READ, CREATE, ALTER, DROP, GRANT, CALL, SESSION, ADMIN, PUBLISH, CONSUME, UNKNOWN -> {}
            }
        } else {
            switch (action) {
                case READ -> readHooks(relation);
                case INSERT, UPDATE, DELETE, TRUNCATE -> writeHooks(relation, action, claim.filtered());
                case CREATE, ALTER, DROP, GRANT, CALL, SESSION, ADMIN, PUBLISH, CONSUME, UNKNOWN -> {}
            }
        }
        switch (action) {
            case ALTER, DROP -> findings.changesSchema |= !meaning.temporary();
            default -> {}
        }
    }

    private void effect(Names.Meaning meaning, Action action, Claims.Relation claim) {
        String name = meaning.qualified();
        boolean system = name.startsWith("pg_catalog.") || name.startsWith("information_schema.");
        Relation relation = meaning.relation();
        String kind = relation != null && relation.kind() == 'S' ? "sequence" : "table";
        boolean lock = !claim.detail().isEmpty()
                && action == Action.UPDATE
                && claim.detail().endsWith("lock");
        Action effective = system && action != Action.READ && !lock ? Action.ADMIN : action;
        boolean filtered = claim.filtered() || effective == Action.READ;
        findings.effects.add(new Effect(effective, new ObjectRef(kind, name), filtered, claim.detail()));
        if (system && effective == Action.ADMIN && name.endsWith(".pg_settings")) {
            findings.unknown("setting", "?", "a change of pg_settings changes settings");
        }
    }

    private void ownCode(Names.Meaning meaning, Claims.Relation claim) {
        if (names.mayRunCode(meaning, claim.name().name())) {
            findings.unknown("table", meaning.qualified(), "a trigger or rule that this session made may run");
        }
    }

    private void readHooks(Relation relation) {
        for (Relation reached : catalogue.reachable(relation.oid())) {
            for (Relation.Hook hook : reached.hooks()) {
                if (hook.onRead()) {
                    functions.beside(
                            hook.function(),
                            findings,
                            "reading " + reached.qualifiedName() + " runs it",
                            ColumnUse.Role.PREDICATE);
                }
            }
        }
    }

    private void writeHooks(Relation relation, Action action, boolean filtered) {
        for (Relation reached : catalogue.reachable(relation.oid())) {
            if (reached.triggers()) {
                findings.unknown("table", reached.qualifiedName(), "a trigger runs");
            }
            if (reached.rules()) {
                findings.unknown("table", reached.qualifiedName(), "a rule rewrites it");
                findings.rewritten = true;
            }
            for (Relation.Hook hook : reached.hooks()) {
                functions.beside(
                        hook.function(),
                        findings,
                        "writing " + reached.qualifiedName() + " runs it",
                        ColumnUse.Role.PREDICATE,
                        ColumnUse.Role.STORED);
            }
            domains(reached);
            if (action == Action.UPDATE || action == Action.DELETE) {
                cascades(reached, action == Action.DELETE);
            }
            if (relation.isView() && !reached.isView()) {
                // A simple view passes the write on to its table.
                findings.effects.add(new Effect(
                        action,
                        new ObjectRef("table", reached.qualifiedName()),
                        filtered,
                        "through " + relation.qualifiedName()));
            }
        }
    }

    /** Foreign keys that change or delete rows of other tables run the triggers there, and fail with those rows. */
    private void cascades(Relation relation, boolean delete) {
        for (Relation other : catalogue.cascades(relation.oid(), delete)) {
            findings.tables.addAll(catalogue.baseTables(other.oid()));
            if (other.triggers()) {
                findings.unknown("table", other.qualifiedName(), "a foreign key changes it, and a trigger runs");
            }
        }
    }

    private void domains(Relation relation) {
        if (catalogue.domainFunctions().isEmpty()) {
            return;
        }
        for (Column column : relation.columns()) {
            Optional<Type> type = catalogue.type(column.typeOid());
            type.ifPresent(domain -> catalogue
                    .domainFunctions(domain.name())
                    .forEach(function ->
                            functions.beside(function, findings, "checks " + column.name(), ColumnUse.Role.PREDICATE)));
        }
    }

    private void item(Claims.Item item, List<List<Names.Meaning>> meanings) {
        String qualified = item.defines() ? names.whereCreated(item.name()) : existing(item.name());
        boolean newIndex = item.kind().equals("index") && item.action() == Action.CREATE;
        if (newIndex
                && item.name().schema() == null
                && meanings.size() == 1
                && meanings.getFirst().size() == 1) {
            String table = meanings.getFirst().getFirst().qualified();
            qualified = table.substring(0, table.indexOf('.') + 1) + item.name().name();
        }
        findings.effects.add(new Effect(item.action(), new ObjectRef(item.kind(), qualified), true, item.detail()));
        findings.changesSchema = true;
    }

    /** An index or sequence is found as a relation; other objects without a schema are not resolved. */
    private String existing(Name name) {
        if (name.schema() == null) {
            List<Names.Meaning> meanings = names.relation(name, catalogue);
            if (meanings.size() == 1 && meanings.getFirst().relation() != null) {
                return meanings.getFirst().qualified();
            }
        }
        return name.in("?");
    }
}
