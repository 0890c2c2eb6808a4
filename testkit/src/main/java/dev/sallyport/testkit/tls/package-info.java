/** A certificate authority for tests, and the good and bad certificates that it signs. */
@NullMarked
package dev.sallyport.testkit.tls;

import org.jspecify.annotations.NullMarked;
