/**
 * One client's session on the PostgreSQL wire, after both doors have opened: what the client sends is judged message by
 * message, what the target answers is matched to it, masked, recorded and passed on. The two halves are state machines
 * over buffers; the channels are behind {@link dev.sallyport.protocols.postgres.session.Wire}.
 */
@NullMarked
package dev.sallyport.protocols.postgres.session;

import org.jspecify.annotations.NullMarked;
