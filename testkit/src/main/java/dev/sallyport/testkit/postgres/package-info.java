/** Real PostgreSQL servers, a hostile one, and a client that sends whatever a test wants it to. */
@NullMarked
package dev.sallyport.testkit.postgres;

import org.jspecify.annotations.NullMarked;
