package dev.sallyport.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The documents of a directory as bytes: every {@code *.yaml} and {@code *.yml} in it, by name, hidden files and
 * subdirectories left out. What was digested is what is then parsed, so that a file that changes in between cannot make
 * the two differ.
 *
 * @param files the bytes by file name
 * @param digest SHA-256 over names and bytes, in hex
 */
record DirectoryScan(Map<String, byte[]> files, String digest) {
    static final int MAX_FILES = 1000;
    static final int MAX_FILE_BYTES = 1 << 20;

    /**
     * Reads them.
     *
     * @throws IOException when the directory or one of its files cannot be read
     */
    static DirectoryScan of(Path directory) throws IOException {
        TreeMap<String, byte[]> files = new TreeMap<>();
        for (Path file : documents(directory)) {
            files.put(file.getFileName().toString(), bytes(file));
        }
        return new DirectoryScan(files, digest(files));
    }

    private static List<Path> documents(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            List<Path> documents = entries.filter(DirectoryScan::isDocument)
                    .filter(Files::isRegularFile)
                    .limit(MAX_FILES + 1L)
                    .toList();
            if (documents.size() > MAX_FILES) {
                throw new IOException("more than " + MAX_FILES + " documents in " + directory);
            }
            return documents;
        }
    }

    private static boolean isDocument(Path path) {
        String name = path.getFileName().toString();
        return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
    }

    /** At most one byte more than a document may have, so that the parser can say that it is too long. */
    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_FILE_BYTES + 1);
        }
    }

    /** The text of a file, where it is UTF-8. */
    static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static String digest(Map<String, byte[]> files) {
        MessageDigest sha256 = sha256();
        files.forEach((name, bytes) -> {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            sha256.update(ByteBuffer.allocate(8)
                    .putInt(utf8.length)
                    .putInt(bytes.length)
                    .flip());
            sha256.update(utf8);
            sha256.update(bytes);
        });
        return HexFormat.of().formatHex(sha256.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
