@NullMarked
package dev.sallyport.protocols.postgres.canary;

import org.jspecify.annotations.NullMarked;
