@NullMarked
package dev.sallyport.protocols.postgres.target;

import org.jspecify.annotations.NullMarked;
