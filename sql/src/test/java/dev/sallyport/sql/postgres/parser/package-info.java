@NullMarked
package dev.sallyport.sql.postgres.parser;

import org.jspecify.annotations.NullMarked;
