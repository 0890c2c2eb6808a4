/**
 * The command line. Exit codes are the same everywhere: 0 done, 1 failed, 2 the usage or the configuration is at fault.
 */
@NullMarked
package dev.sallyport.server.cli;

import org.jspecify.annotations.NullMarked;
