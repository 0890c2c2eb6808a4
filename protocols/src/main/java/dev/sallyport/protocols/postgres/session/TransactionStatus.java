package dev.sallyport.protocols.postgres.session;

import dev.sallyport.protocols.postgres.wire.ProtocolViolation;

/** What ReadyForQuery says of the transaction. */
enum TransactionStatus {
    IDLE,
    OPEN,
    FAILED;

    static TransactionStatus of(byte indicator) {
        return switch (indicator) {
            case 'I' -> IDLE;
            case 'T' -> OPEN;
            case 'E' -> FAILED;
            default -> throw new ProtocolViolation("ReadyForQuery: the status " + (indicator & 0xff) + " is unknown");
        };
    }
}
