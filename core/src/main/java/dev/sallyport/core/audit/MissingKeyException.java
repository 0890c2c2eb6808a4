package dev.sallyport.core.audit;

import java.io.IOException;
import java.util.HexFormat;

/** The log cannot be read without a key-encryption key that was not given. */
public final class MissingKeyException extends IOException {
    private static final long serialVersionUID = 1;

    MissingKeyException(byte[] id) {
        super("the audit log is encrypted with key " + HexFormat.of().formatHex(id) + ", which was not given");
    }
}
