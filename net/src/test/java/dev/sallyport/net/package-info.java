@NullMarked
package dev.sallyport.net;

import org.jspecify.annotations.NullMarked;
