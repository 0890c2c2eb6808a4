/** The program: it puts the parts together, and is the only place that knows all of them. */
@NullMarked
package dev.sallyport.server;

import org.jspecify.annotations.NullMarked;
