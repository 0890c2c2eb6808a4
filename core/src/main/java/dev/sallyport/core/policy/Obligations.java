package dev.sallyport.core.policy;

import dev.sallyport.core.masking.MaskRules;

/**
 * What an allowed command carries along.
 *
 * @param masks what is hidden in its answer, errors and notices
 * @param limits where its answer is cut off
 */
public record Obligations(MaskRules masks, Limits limits) {}
