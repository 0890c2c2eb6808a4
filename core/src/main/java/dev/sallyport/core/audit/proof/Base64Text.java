package dev.sallyport.core.audit.proof;

import java.util.Base64;

/** Base64 as RFC 4648, section 4 has it, in the one form that an encoder makes. */
final class Base64Text {
    private Base64Text() {}

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** @throws IllegalArgumentException where {@code what} is not base64, or in another form than an encoder makes */
    static byte[] decode(String text, String what) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            throw new IllegalArgumentException(what + " is not base64", notBase64);
        }
        if (!encode(bytes).equals(text)) {
            throw new IllegalArgumentException(what + " is not base64 as it should be");
        }
        return bytes;
    }
}
