package dev.sallyport.protocols.postgres.target;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the target said of itself between authentication and its first ReadyForQuery.
 *
 * @param protocolVersion as negotiated, major in the upper 16 bits
 * @param parameters from its ParameterStatus messages
 * @param cancelKey absent where it cannot cancel
 * @param transactionStatus from ReadyForQuery
 */
record Welcome(
        int protocolVersion, Map<String, String> parameters, Optional<CancelKey> cancelKey, byte transactionStatus) {
    Welcome {
        parameters = Map.copyOf(new LinkedHashMap<>(parameters));
    }
}
