/** Who may do what where: the model, its compilation, and the one decision function. */
@NullMarked
package dev.sallyport.core.policy;

import org.jspecify.annotations.NullMarked;
