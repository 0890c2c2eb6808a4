package dev.sallyport.server.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The demo's configuration directory, written so that a person may read it and {@code serve} may run it. */
final class DemoConfiguration {
    private DemoConfiguration() {}

    /**
     * Writes the documents, the issuer's keys and the target's password.
     *
     * @param directory where to; {@code tls/} is in it already
     * @param values what the templates' {@code ${…}} stand for
     */
    static void write(Path directory, Map<String, String> values, String jwks, String password) throws IOException {
        for (String document : new String[] {"gateway.yaml", "issuer.yaml", "target.yaml", "policies.yaml"}) {
            Files.writeString(directory.resolve(document), fill(DemoPostgres.resource("conf/" + document), values));
        }
        Files.writeString(directory.resolve("jwks.json"), jwks + "\n");
        PrivateFiles.write(Files.createDirectories(directory.resolve("secrets")).resolve("shop-password"), password);
    }

    private static String fill(String template, Map<String, String> values) {
        String text = template;
        for (Map.Entry<String, String> value : values.entrySet()) {
            text = text.replace("${" + value.getKey() + "}", value.getValue());
        }
        if (text.contains("${")) {
            throw new IllegalStateException("a value is missing: " + text.substring(text.indexOf("${")));
        }
        return text;
    }
}
