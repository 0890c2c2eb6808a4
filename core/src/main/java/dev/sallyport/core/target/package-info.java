/** The protected resources, and the credentials that reach them. */
@NullMarked
package dev.sallyport.core.target;

import org.jspecify.annotations.NullMarked;
