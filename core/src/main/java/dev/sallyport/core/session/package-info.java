/** One identity's connection to one target: open, decide, record, expire, end. */
@NullMarked
package dev.sallyport.core.session;

import org.jspecify.annotations.NullMarked;
