/** What is known of a target's schemas, tables, functions and types: a snapshot, read through a connection of our own. */
@NullMarked
package dev.sallyport.sql.postgres.catalogue;

import org.jspecify.annotations.NullMarked;
