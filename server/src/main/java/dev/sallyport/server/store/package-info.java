/**
 * The search index over the audit log, in SQLite or PostgreSQL. It is derived from the log and never the truth: it may be
 * thrown away at any time, and nothing waits for it.
 */
@NullMarked
package dev.sallyport.server.store;

import org.jspecify.annotations.NullMarked;
