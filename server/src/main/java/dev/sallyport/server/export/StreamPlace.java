package dev.sallyport.server.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a stream has got: everything before this record is where it is to go.
 *
 * @param log the log's id, in hex
 * @param next the index of the record to be sent next
 */
record StreamPlace(String log, long next) {
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{32}) ([0-9]{1,18})\n");

    StreamPlace {
        if (next < 0) {
            throw new IllegalArgumentException("next: " + next + " (expected: >= 0)");
        }
    }

    /** The file that keeps it, for the stream of this name. */
    static Path file(Path directory, String stream) {
        return directory.resolve("stream-" + stream + ".place");
    }

    /** Empty where none was kept, or what was is not to be read: the stream then begins anew, which loses nothing. */
    static Optional<StreamPlace> load(Path file) throws IOException {
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            Matcher matcher = FORM.matcher(text);
            return matcher.matches()
                    ? Optional.of(new StreamPlace(matcher.group(1), Long.parseLong(matcher.group(2))))
                    : Optional.empty();
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    void save(Path file) throws IOException {
        Durably.replace(file, (log + " " + next + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }
}
