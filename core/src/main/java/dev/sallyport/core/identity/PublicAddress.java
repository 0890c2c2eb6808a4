package dev.sallyport.core.identity;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Whether an address is one of the public internet: none of the ranges that the IANA special-purpose registries (RFC
 * 6890 and what followed) keep for one machine, one link, one site, documentation, or that carry an IPv4 address
 * within.
 */
final class PublicAddress {
    private static final List<Range> SPECIAL = List.of(
            range("0.0.0.0", 8), // this network
            range("10.0.0.0", 8), // private use
            range("100.64.0.0", 10), // shared by carriers
            range("127.0.0.0", 8), // loopback
            range("169.254.0.0", 16), // link-local, and the clouds' metadata services
            range("172.16.0.0", 12), // private use
            range("192.0.0.0", 24), // protocol assignments
            range("192.0.2.0", 24), // documentation
            range("192.88.99.0", 24), // 6to4 relays
            range("192.168.0.0", 16), // private use
            range("198.18.0.0", 15), // benchmarks
            range("198.51.100.0", 24), // documentation
            range("203.0.113.0", 24), // documentation
            range("224.0.0.0", 3)); // multicast, reserved, broadcast

    /** What of IPv6 is handed out to the public at all. */
    private static final Range GLOBAL_UNICAST = range("2000::", 3);

    private static final List<Range> SPECIAL_V6 = List.of(
            range("2001::", 23), // protocol assignments, Teredo among them
            range("2001:db8::", 32), // documentation
            range("2002::", 16), // 6to4, an IPv4 address within
            range("3fff::", 20)); // documentation

    private PublicAddress() {}

    static boolean is(InetAddress address) {
        // IPv4-mapped IPv6 addresses come as IPv4 from InetAddress already.
        return address instanceof Inet4Address
                ? SPECIAL.stream().noneMatch(range -> range.holds(address))
                : GLOBAL_UNICAST.holds(address) && SPECIAL_V6.stream().noneMatch(range -> range.holds(address));
    }

    private static Range range(String first, int bits) {
        return new Range(InetAddress.ofLiteral(first).getAddress(), bits);
    }

    @SuppressWarnings("ArrayRecordComponent") // private, compared by nobody
    private record Range(byte[] first, int bits) {
        boolean holds(InetAddress address) {
            byte[] bytes = address.getAddress();
            int whole = bits / 8;
            if (bytes.length != first.length || !Arrays.equals(bytes, 0, whole, first, 0, whole)) {
                return false;
            }
            int mask = 0xff << (8 - bits % 8);
            return bits % 8 == 0 || (bytes[whole] & mask) == (first[whole] & mask);
        }
    }
}
