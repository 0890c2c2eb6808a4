package dev.sallyport.protocols.postgres.wire;

/** The numbers that stand where a start-up message has its protocol version. */
public final class ProtocolVersion {
    public static final int V3_0 = 3 << 16;
    /** Since PostgreSQL 18: cancel keys of up to 256 bytes. */
    public static final int V3_2 = 3 << 16 | 2;

    public static final int CANCEL_REQUEST = 1234 << 16 | 5678;
    public static final int SSL_REQUEST = 1234 << 16 | 5679;
    public static final int GSSENC_REQUEST = 1234 << 16 | 5680;

    private ProtocolVersion() {}

    public static int major(int version) {
        return version >>> 16;
    }

    public static int minor(int version) {
        return version & 0xffff;
    }
}
