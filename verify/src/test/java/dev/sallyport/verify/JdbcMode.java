package dev.sallyport.verify;

import java.util.LinkedHashMap;
import java.util.Map;

/** The ways in which the JDBC driver can be set to speak. */
enum JdbcMode {
    /** What it does when nobody sets anything: a server-side statement from the fifth execution on. */
    EXTENDED("preferQueryMode", "extended"),
    SIMPLE("preferQueryMode", "simple"),
    EXTENDED_FOR_PREPARED("preferQueryMode", "extendedForPrepared"),
    CACHE_EVERYTHING("preferQueryMode", "extendedCacheEverything"),
    PREPARED_AT_ONCE("prepareThreshold", "1"),
    /** Parameters and results in binary from the first execution on. */
    BINARY_AT_ONCE("prepareThreshold", "-1");

    private final String key;
    private final String value;

    JdbcMode(String key, String value) {
        this.key = key;
        this.value = value;
    }

    /** Its settings, and more. */
    Map<String, String> with(String... more) {
        Map<String, String> all = new LinkedHashMap<>(Map.of("binaryTransfer", "true"));
        all.put(key, value);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }
}
