/**
 * The composition root: here, and nowhere else, the parts of a gateway are made, handed to each other, and ended in the
 * right order.
 */
@NullMarked
package dev.sallyport.server.gateway;

import org.jspecify.annotations.NullMarked;
