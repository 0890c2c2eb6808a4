/** The admin API from the other side: what the command line and the demo speak to it with. */
@NullMarked
package dev.sallyport.server.client;

import org.jspecify.annotations.NullMarked;
