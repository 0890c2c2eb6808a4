package dev.sallyport.core.command;

/**
 * What an effect does something to, as {@code kind:name}: {@code table:public.orders},
 * {@code function:pg_catalog.lower}, {@code setting:search_path}, {@code transaction:}. A part of the name that could
 * not be determined is {@code ?}, which no pattern of a policy but {@code *} covers.
 *
 * <p>Kinds for SQL: {@code table} (views, materialized views and foreign tables too), {@code function} (procedures and
 * aggregates too), {@code pure-function} (one that only computes from its arguments: a built-in, or one whose body calls
 * nothing but such), {@code schema}, {@code database}, {@code role}, {@code sequence}, {@code type}, {@code index},
 * {@code extension}, {@code setting}, {@code transaction}, {@code prepared}, {@code cursor}, {@code channel},
 * {@code file}, {@code operator}, {@code program}, {@code backend}, {@code value} (a SELECT without a table), {@code other}.
 *
 * @param kind one of the kinds above
 * @param name the qualified name without quotes, or empty where the kind says all
 */
public record ObjectRef(String kind, String name) {
    public ObjectRef {
        if (kind.isEmpty()) {
            throw new IllegalArgumentException("object: ':" + name + "' (expected: kind:name)");
        }
    }

    @Override
    public String toString() {
        return kind + ":" + name;
    }
}
