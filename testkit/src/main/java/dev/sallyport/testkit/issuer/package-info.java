/** An issuer of tokens for tests: its keys, the tokens it mints, right and wrong, and the addresses it serves them at. */
@NullMarked
package dev.sallyport.testkit.issuer;

import org.jspecify.annotations.NullMarked;
