/** Commands held for a person: requests, grants and their life. */
@NullMarked
package dev.sallyport.core.approval;

import org.jspecify.annotations.NullMarked;
