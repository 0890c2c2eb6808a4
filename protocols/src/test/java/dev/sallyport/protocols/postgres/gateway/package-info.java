/** The protocol end to end: real clients, a real target, real tokens; the parts wired as the server wires them. */
@NullMarked
package dev.sallyport.protocols.postgres.gateway;

import org.jspecify.annotations.NullMarked;
