package dev.sallyport.server.cli;

import dev.sallyport.core.audit.proof.SigningKeyFiles;
import dev.sallyport.core.audit.proof.VerifierKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Keys for a log. */
@Command(
        name = "keygen",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Make the keys of an audit log: signing.key for audit.signingKey, signing.vkey with its public half for whoever"
                    + " verifies, and encryption.key for audit.encryption.key. Only their owner may read them.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:the usage is at fault"},
        footerHeading = "%nExample:%n",
        footer = "  sallyport audit keygen --out /etc/sallyport/keys --name gateway.example.com")
final class AuditKeygen implements Callable<Integer> {
    private static final int KEY_BYTES = 32;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to; there must be none yet.")
    private Path directory = Path.of("");

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = SigningKeyFiles.DEFAULT_NAME,
            description = "Whose key it is, as signatures name it: no spaces and no +. Default: ${DEFAULT-VALUE}.")
    private String name = SigningKeyFiles.DEFAULT_NAME;

    private final PrintWriter out;

    AuditKeygen(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        Path encryption = directory.resolve("encryption.key");
        if (Files.exists(encryption)) {
            throw new IOException(encryption + " exists already (a key is not overwritten)");
        }
        Files.createDirectories(directory);
        VerifierKey made;
        try {
            made = SigningKeyFiles.make(directory, name);
        } catch (IllegalArgumentException badName) {
            throw new UsageFault("--name: " + badName.getMessage());
        }
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        try {
            SigningKeyFiles.write(
                    encryption, (Base64.getEncoder().encodeToString(key) + "\n").getBytes(StandardCharsets.US_ASCII));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
        out.println(made);
        out.flush();
        return 0;
    }
}
