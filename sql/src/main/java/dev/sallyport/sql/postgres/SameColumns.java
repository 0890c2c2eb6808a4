package dev.sallyport.sql.postgres;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Columns that hold the same values as far as a statement is concerned, since it compares them or stores one in the other. */
final class SameColumns {
    private static final String ALL = "*";

    private record Key(String table, String column) {}

    /** Each column's group; a group is one object, shared by all that are in it. */
    private final Map<Key, List<BaseColumn>> groups = new HashMap<>();

    void join(Set<BaseColumn> columns) {
        if (columns.size() < 2) {
            return;
        }
        List<BaseColumn> joined = new ArrayList<>();
        Set<List<BaseColumn>> taken = Collections.newSetFromMap(new IdentityHashMap<>());
        for (BaseColumn column : columns) {
            List<BaseColumn> group = groups.get(key(column));
            if (group == null) {
                joined.add(column.made());
            } else if (taken.add(group)) {
                joined.addAll(group);
            }
        }
        joined.forEach(column -> groups.put(key(column), joined));
    }

    /** All that are the same as this one, which need not be among them. */
    Collection<BaseColumn> as(BaseColumn column) {
        List<BaseColumn> own = groups.getOrDefault(key(column), List.of());
        List<BaseColumn> ofAll = groups.getOrDefault(new Key(column.table(), ALL), List.of());
        if (ofAll.isEmpty() || column.column().equals(ALL)) {
            return others(own, column);
        }
        Set<BaseColumn> both = new LinkedHashSet<>(own);
        both.addAll(ofAll);
        return others(both, column);
    }

    /** That a column is the same as itself says nothing new of it. */
    private static Collection<BaseColumn> others(Collection<BaseColumn> columns, BaseColumn than) {
        return columns.stream().filter(column -> !key(column).equals(key(than))).toList();
    }

    private static Key key(BaseColumn column) {
        return new Key(column.table(), column.column());
    }
}
