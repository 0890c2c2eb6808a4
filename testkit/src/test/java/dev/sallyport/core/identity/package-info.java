/** Tests of core's identity that need an issuer; core itself cannot depend on the testkit, which depends on it. */
package dev.sallyport.core.identity;
