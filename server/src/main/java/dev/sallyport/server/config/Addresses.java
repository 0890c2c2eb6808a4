package dev.sallyport.server.config;

import dev.sallyport.server.config.GatewaySettings.Address;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code host:port}, with brackets around an IPv6 address. */
final class Addresses {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9a-fA-F:.%]{2,60})]|([A-Za-z0-9][A-Za-z0-9._-]{0,252})):(\\d{1,5})");

    private Addresses() {}

    static Optional<Address> read(Value value, int leastPort) {
        Optional<String> text = value.text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(text.get());
        if (matcher.matches()) {
            int port = Integer.parseInt(matcher.group(3));
            if (port >= leastPort && port <= 65535) {
                return Optional.of(new Address(matcher.group(1) == null ? matcher.group(2) : matcher.group(1), port));
            }
        }
        value.fault("'" + text.get() + "' is not an address", "write host:port, or [::1]:port for IPv6");
        return Optional.empty();
    }
}
