/** What the analysis says of PostgreSQL's own regression tests, held against what a server does with them. */
@NullMarked
package dev.sallyport.sql.postgres.regress;

import org.jspecify.annotations.NullMarked;
