/**
 * The packaged program seen from outside: started by its launcher, reached over its sockets, with clients and servers
 * that know nothing of it.
 */
@NullMarked
package dev.sallyport.verify;

import org.jspecify.annotations.NullMarked;
