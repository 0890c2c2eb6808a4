/** The directory of YAML documents that the gateway is configured by: read, checked whole, watched. */
@NullMarked
package dev.sallyport.server.config;

import org.jspecify.annotations.NullMarked;
