/** Stand-ins for the audit log. */
@NullMarked
package dev.sallyport.testkit.audit;

import org.jspecify.annotations.NullMarked;
