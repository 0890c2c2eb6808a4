package dev.sallyport.core.audit.proof;

import java.io.IOException;

/** Signs notes with an Ed25519 key, wherever that key is kept. */
public interface NoteSigner {
    /** The public half. */
    VerifierKey verifierKey();

    /**
     * The Ed25519 signature (RFC 8032) over these bytes. May block: the log asks on the thread that waits for the disk
     * anyway. What cannot be signed fails the log as what cannot be written does, so who asks a service retries first.
     */
    byte[] sign(byte[] text) throws IOException;
}
