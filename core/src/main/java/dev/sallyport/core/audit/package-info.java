/** The evidence: typed events in an append-only, verifiable log. */
@NullMarked
package dev.sallyport.core.audit;

import org.jspecify.annotations.NullMarked;
