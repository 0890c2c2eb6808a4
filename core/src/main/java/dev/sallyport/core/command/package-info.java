/** What a client asks, and what it really does. */
@NullMarked
package dev.sallyport.core.command;

import org.jspecify.annotations.NullMarked;
