package dev.sallyport.sql.postgres.catalogue;

/**
 * A type of somebody's own that a cast of theirs is from or to, and of which values come only from where it is written and
 * from columns of this type or of arrays of it: no other type is made of it, no foreign key compares it.
 *
 * @param stored whether there are such columns
 */
public record OwnType(int oid, String name, boolean stored) {}
