/** Makes a leaked buffer a failed test. */
@NullMarked
package dev.sallyport.testkit.leak;

import org.jspecify.annotations.NullMarked;
