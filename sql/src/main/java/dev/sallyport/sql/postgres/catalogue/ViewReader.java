package dev.sallyport.sql.postgres.catalogue;

import dev.sallyport.sql.postgres.catalogue.NodeTree.Items;
import dev.sallyport.sql.postgres.catalogue.NodeTree.Node;
import dev.sallyport.sql.postgres.catalogue.NodeTree.Text;
import dev.sallyport.sql.postgres.catalogue.ViewColumn.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a view's columns derive from by the action of its rule, in which PostgreSQL has resolved every name
 * already ({@code pg_rewrite.ev_action}; PostgreSQL's source, parsenodes.h and primnodes.h of 13 to 18). A column that is
 * only passed on stays whole; of every other expression all columns in it count, wherever they stand.
 */
final class ViewReader {
    private static final Pattern FUNCTION = Pattern.compile(" :funcid (\\d{1,10})\\b");
    private static final Pattern RELATION = Pattern.compile(" :relid (\\d{1,10})\\b");
    private static final int FIRST_NORMAL_OID = 16384;
    /**
     * PostgreSQL's own functions that give values which no argument brings, by their OIDs ({@code pg_proc.dat}, 13 to 18):
     * other sessions' statements, large objects, files, the write-ahead log, and what a text or name in an argument reads.
     */
    static final Set<Integer> READING = Set.of(
            954, 1940, 2022, 2624, 2923, 2924, 2925, 2929, 2930, 2933, 2935, 2936, 2938, 3293, 3295, 3458, 3459, 3684,
            3685, 3689, 3690, 3782, 3783, 3784, 3785, 3826, 3827, 3828, 4100, 6208, 6209);

    private static final int COUNT_ALL = 2803;
    private static final int COUNT_ANY = 2147;
    private static final String EXISTS_SUBLINK = "0";
    private static final String EXPR_SUBLINK = "4";
    /** More than any view in good faith takes. */
    private static final int MAX_STEPS = 200_000;

    /** What refers to itself by way of a join's columns would be followed for ever. */
    private static final int MAX_DEPTH = 500;

    private final IdentityHashMap<Node, List<NodeTree>> targets = new IdentityHashMap<>();
    private int steps;
    private int depth;

    private ViewReader() {}

    /** The columns of the view whose rule has this action, by their numbers from 1, or empty where it cannot be read. */
    static Optional<List<ViewColumn>> columns(String action) {
        try {
            NodeTree tree = NodeTree.read(action);
            if (tree instanceof Items(List<NodeTree> queries)
                    && queries.size() == 1
                    && queries.getFirst() instanceof Node query) {
                return Optional.of(new ViewReader().view(new Query(query, null)));
            }
            return Optional.empty();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** Every relation that the action names, PostgreSQL's own too, of which the catalogue records no dependencies. */
    static Set<Integer> relations(String action) {
        Set<Integer> relations = new LinkedHashSet<>();
        Matcher matcher = RELATION.matcher(action);
        while (matcher.find()) {
            relations.add((int) Long.parseLong(matcher.group(1)));
        }
        relations.remove(0);
        return relations;
    }

    /** Whether the action calls a function of PostgreSQL's own that gives values which no argument brings. */
    static boolean readsElsewhere(String action) {
        Matcher matcher = FUNCTION.matcher(action);
        while (matcher.find()) {
            if (READING.contains((int) Long.parseLong(matcher.group(1)))) {
                return true;
            }
        }
        return false;
    }

    /** What a generated column of a relation derives from by its expression, or empty where that cannot be read. */
    static Optional<ViewColumn> generated(int relation, String expression) {
        try {
            Set<Reference> references = new LinkedHashSet<>();
            boolean strange = new ViewReader().generated(NodeTree.read(expression), relation, references);
            return Optional.of(new ViewColumn(references, strange));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether the tree calls code that is not PostgreSQL's own; its columns are all of the one relation. */
    private boolean generated(NodeTree tree, int relation, Set<Reference> into) {
        if (++steps > MAX_STEPS) {
            throw new IllegalArgumentException("an expression too large to be followed");
        }
        List<NodeTree> children = switch (tree) {
            case Text _ -> List.of();
            case Items(List<NodeTree> items) -> items;
            case Node node
            when node.is("VAR") -> {
                into.add(new Reference(relation, node.number("varattno"), false));
                yield List.of();
            }
            case Node node -> List.copyOf(node.fields().values());
        };
        boolean strange = tree instanceof Node node && isStrange(node);
        for (NodeTree child : children) {
            strange |= generated(child, relation, into);
        }
        return strange;
    }

    /** A query and the one around it. */
    private record Query(Node node, @Nullable Query outer) {
        Query up(int levels) {
            Query query = this;
            for (int i = 0; i < levels; i++) {
                query = query.outer;
                if (query == null) {
                    throw new IllegalArgumentException("more levels than there are");
                }
            }
            return query;
        }
    }

    /** What has been found for one column so far. */
    private static final class Found {
        private final Set<Reference> references = new LinkedHashSet<>();
        private boolean strange;
        /** The recursive queries that are being followed. */
        private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());

        void add(Reference reference, boolean whole) {
            references.add(whole ? reference : reference.made());
        }
    }

    private List<ViewColumn> view(Query query) {
        List<ViewColumn> columns = new ArrayList<>();
        for (int i = 0; i < targets(query).size(); i++) {
            Found found = new Found();
            column(query, i, true, found);
            columns.add(new ViewColumn(found.references, found.strange));
        }
        return columns;
    }

    /** The expressions of the target list that can be seen, in their order. */
    private List<NodeTree> targets(Query query) {
        List<NodeTree> known = targets.get(query.node());
        if (known == null) {
            known = readTargets(query.node());
            targets.put(query.node(), known);
        }
        return known;
    }

    private static List<NodeTree> readTargets(Node query) {
        List<NodeTree> targets = new ArrayList<>();
        for (NodeTree item : query.list("targetList")) {
            if (item instanceof Node target && target.is("TARGETENTRY") && !target.isTrue("resjunk")) {
                if (target.number("resno") != targets.size() + 1) {
                    throw new IllegalArgumentException("targets out of order");
                }
                targets.add(target.field("expr"));
            }
        }
        return targets;
    }

    private void column(Query query, int index, boolean whole, Found found) {
        if (query.node().lacks("setOperations")) {
            expression(targets(query).get(index), query, whole, found);
        } else {
            side(query.node().field("setOperations"), query, index, whole, found);
        }
    }

    private void side(NodeTree side, Query query, int index, boolean whole, Found found) {
        enter();
        switch (side) {
            case Node node
            when node.is("SETOPERATIONSTMT") -> {
                side(node.field("larg"), query, index, whole, found);
                side(node.field("rarg"), query, index, whole, found);
            }
            case Node node
            when node.is("RANGETBLREF") -> variable(query, node.number("rtindex"), index + 1, whole, found);
            default -> throw new IllegalArgumentException("a set operation of something else");
        }
        depth--;
    }

    /** Counts the way into a definition, whose end nobody reads who has gone too far. */
    private void enter() {
        if (++steps > MAX_STEPS || ++depth > MAX_DEPTH) {
            throw new IllegalArgumentException("a definition too large to be followed");
        }
    }

    private void allColumns(Query query, Found found) {
        for (int i = 0; i < targets(query).size(); i++) {
            column(query, i, false, found);
        }
    }

    private void expression(NodeTree tree, Query query, boolean whole, Found found) {
        enter();
        switch (tree) {
            case Text _ -> {}
            case Items(List<NodeTree> items) -> items.forEach(item -> expression(item, query, false, found));
            case Node node -> node(node, query, whole, found);
        }
        depth--;
    }

    private void node(Node node, Query query, boolean whole, Found found) {
        switch (node.type()) {
            case "VAR" ->
                variable(
                        query.up(node.number("varlevelsup")),
                        node.number("varno"),
                        node.number("varattno"),
                        whole,
                        found);
            case "RELABELTYPE", "COLLATEEXPR", "COLLATE" -> expression(node.field("arg"), query, whole, found);
            case "QUERY" -> allColumns(new Query(node, query), found);
            case "SUBLINK" -> subquery(node, query, whole, found);
            case "AGGREF" -> {
                found.strange |= isStrange(node);
                if (!counts(node)) {
                    children(node, query, found);
                }
            }
            default -> {
                found.strange |= isStrange(node);
                children(node, query, found);
            }
        }
    }

    private void children(Node node, Query query, Found found) {
        node.fields().values().forEach(child -> expression(child, query, false, found));
    }

    /** {@code count(*)} and {@code count(column)} tell nothing of the values, if nothing else stands in them. */
    private static boolean counts(Node aggregate) {
        int function = aggregate.oid("aggfnoid");
        boolean plain = aggregate.lacks("aggfilter") && aggregate.lacks("aggdistinct");
        return plain
                && (function == COUNT_ALL
                        || (function == COUNT_ANY
                                && aggregate.list("args").stream()
                                        .allMatch(argument -> argument instanceof Node target
                                                && target.node("expr")
                                                        .filter(value -> value.is("VAR"))
                                                        .isPresent())));
    }

    /** Whether the node calls something that was made after the server was, or that reads more than its arguments. */
    private static boolean isStrange(Node node) {
        for (String field : List.of("funcid", "opfuncid", "opno", "aggfnoid", "winfnoid", "elemfuncid")) {
            String text = node.text(field);
            if (!text.isEmpty()) {
                int oid = Integer.parseUnsignedInt(text);
                if (Integer.compareUnsigned(oid, FIRST_NORMAL_OID) >= 0 || READING.contains(oid)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void subquery(Node link, Query query, boolean whole, Found found) {
        String type = link.text("subLinkType");
        Node select = link.node("subselect")
                .orElseThrow(() -> new IllegalArgumentException("a sub-select without its query"));
        if (type.equals(EXISTS_SUBLINK)) {
            return;
        }
        if (type.equals(EXPR_SUBLINK)) {
            column(new Query(select, query), 0, whole, found);
        } else {
            allColumns(new Query(select, query), found);
            expression(link.field("testexpr"), query, false, found);
        }
    }

    /** A column of an item of the query's range table; number 0 is the whole row. */
    private void variable(Query query, int item, int number, boolean whole, Found found) {
        enter();
        if (!(query.node().list("rtable").get(item - 1) instanceof Node entry)) {
            throw new IllegalArgumentException("a range table of something else");
        }
        switch (entry.text("rtekind")) {
            case "0" -> {
                if (number >= 0) {
                    found.add(new Reference(entry.oid("relid"), number, whole && number > 0), whole);
                }
            }
            case "1" -> queryColumn(subquery(entry, query), number, whole, found);
            case "2" -> listed(entry, "joinaliasvars", query, number, whole, found);
            case "5" -> {
                for (NodeTree row : entry.list("values_lists")) {
                    if (row instanceof Items(List<NodeTree> cells)) {
                        expression(number == 0 ? row : cells.get(number - 1), query, whole, found);
                    }
                }
            }
            case "6" -> with(entry, query, number, whole, found);
            case "8" -> {}
            case "9" -> listed(entry, "groupexprs", query, number, whole, found);
            // A function, XMLTABLE, JSON_TABLE, or what is not known: whatever stands in it.
            default -> {
                found.strange |= !entry.text("rtekind").equals("3")
                        && !entry.text("rtekind").equals("4");
                children(entry, query, found);
            }
        }
        depth--;
    }

    private static Query subquery(Node entry, Query query) {
        return new Query(
                entry.node("subquery")
                        .orElseThrow(() -> new IllegalArgumentException("a sub-select without its query")),
                query);
    }

    private void queryColumn(Query query, int number, boolean whole, Found found) {
        if (number == 0) {
            allColumns(query, found);
        } else {
            column(query, number - 1, whole, found);
        }
    }

    private void listed(Node entry, String field, Query query, int number, boolean whole, Found found) {
        List<NodeTree> items = entry.list(field);
        if (number == 0) {
            items.forEach(item -> expression(item, query, false, found));
        } else {
            expression(items.get(number - 1), query, whole, found);
        }
    }

    /** A recursive query's columns may change places from one round to the next, so each may be any of them. */
    private void with(Node entry, Query query, int number, boolean whole, Found found) {
        Query defining = query.up(entry.number("ctelevelsup"));
        for (NodeTree item : defining.node().list("cteList")) {
            if (item instanceof Node cte && cte.text("ctename").equals(entry.text("ctename"))) {
                Query body = new Query(
                        cte.node("ctequery").orElseThrow(() -> new IllegalArgumentException("WITH without its query")),
                        defining);
                if (!cte.isTrue("cterecursive")) {
                    queryColumn(body, number, whole, found);
                } else if (found.open.add(cte)) {
                    allColumns(body, found);
                }
                return;
            }
        }
        throw new IllegalArgumentException("a WITH query that is not there");
    }
}
