package dev.sallyport.protocols.postgres.target;

/**
 * What cancels the target's current command, as the target gave it; it stays inside the gateway.
 *
 * @param processId the target's process
 * @param key 4 bytes in protocol 3.0, up to 256 in 3.2
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the bytes are lent within this package only.
record CancelKey(int processId, byte[] key) {
    static final int MIN_BYTES = 4;
    static final int MAX_BYTES = 256;

    @Override
    public String toString() {
        return "CancelKey[redacted]";
    }
}
