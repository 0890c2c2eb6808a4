/** What is hidden in an answer: kinds of mask, detectors of values, plans for columns. */
@NullMarked
package dev.sallyport.core.masking;

import org.jspecify.annotations.NullMarked;
