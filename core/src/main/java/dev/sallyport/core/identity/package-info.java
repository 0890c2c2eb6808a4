/** Tokens to identities: issuers, their keys, claims and groups. */
@NullMarked
package dev.sallyport.core.identity;

import org.jspecify.annotations.NullMarked;
