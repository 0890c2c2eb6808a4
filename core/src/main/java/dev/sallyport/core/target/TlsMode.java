package dev.sallyport.core.target;

/** How the gateway's own connection to a target is protected, by the names libpq gave these modes. */
public enum TlsMode {
    /** No TLS at all. */
    DISABLE,
    /** TLS or nothing, whoever answers. */
    REQUIRE,
    /** TLS with a certificate that a trusted authority signed. */
    VERIFY_CA,
    /** As {@link #VERIFY_CA}, and the certificate names the host that was dialled. */
    VERIFY_FULL
}
