package dev.sallyport.core.command;

import java.util.Arrays;
import java.util.Optional;

/**
 * One bound value of a command, exactly as it was sent.
 *
 * @param type the protocol's name or number of its type, empty where the server chooses it
 * @param binary whether {@code value} is in the protocol's binary form rather than text
 * @param value the bytes; absent for NULL
 */
public record Parameter(String type, boolean binary, Optional<byte[]> value) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Parameter that
                && type.equals(that.type)
                && binary == that.binary
                && Arrays.equals(value.orElse(null), that.value.orElse(null));
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(value.orElse(null));
    }

    /** The value is data of the client's, so it is not printed. */
    @Override
    public String toString() {
        return "Parameter[" + type + ", " + value.map(v -> v.length + " bytes").orElse("null") + "]";
    }
}
