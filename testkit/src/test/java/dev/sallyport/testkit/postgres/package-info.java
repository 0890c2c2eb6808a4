@NullMarked
package dev.sallyport.testkit.postgres;

import org.jspecify.annotations.NullMarked;
