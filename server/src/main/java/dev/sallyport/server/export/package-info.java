/** Events on their way out of the audit log: as JSON Lines, to places outside, as they come. */
@NullMarked
package dev.sallyport.server.export;

import org.jspecify.annotations.NullMarked;
