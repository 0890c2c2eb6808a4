package dev.sallyport.sql.postgres;

import java.util.List;

/**
 * Something that is written into a column of a relation.
 *
 * @param relation the relation's place among the statement's
 * @param column the column's name, or empty where its place tells
 * @param position the column's place in the relation, from 0; below 0 where it could be any
 * @param origins the columns that it comes from; values may come with them
 * @param values the values that are written there themselves
 */
record Stored(int relation, String column, int position, List<? extends Origin> origins, List<Value.Carried> values) {}
