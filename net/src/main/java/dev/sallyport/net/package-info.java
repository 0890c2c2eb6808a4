/**
 * What every protocol needs of the network and nothing that only one of them knows: event loops, listeners, dialling,
 * TLS, deadlines, back-pressure, budgets of connections.
 */
@NullMarked
package dev.sallyport.net;

import org.jspecify.annotations.NullMarked;
