/** Keys of the log: how a session's records are encrypted, what they commit to, and who can read them. */
@NullMarked
package dev.sallyport.core.audit.seal;

import org.jspecify.annotations.NullMarked;
