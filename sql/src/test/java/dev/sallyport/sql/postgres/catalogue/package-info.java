@NullMarked
package dev.sallyport.sql.postgres.catalogue;

import org.jspecify.annotations.NullMarked;
