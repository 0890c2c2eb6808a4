/** What lets somebody check the log who trusts neither the gateway nor who runs it. */
@NullMarked
package dev.sallyport.core.audit.proof;

import org.jspecify.annotations.NullMarked;
