package dev.sallyport.server.config;

import dev.sallyport.server.config.GatewaySettings.Stream;
import dev.sallyport.server.config.GatewaySettings.StreamTo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code audit.stream}: a list of {@code {name, file}} and {@code {name, stdout: true}}. */
final class StreamReader {
    /** It stands in a file's name. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private final FileReferences files;
    private final List<Stream> streams = new ArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();
    private final Map<StreamTo, Integer> places = new HashMap<>();

    StreamReader(FileReferences files) {
        this.files = files;
    }

    List<Stream> read(Block audit) {
        audit.list("stream").forEach(value -> value.block().ifPresent(block -> stream(value, block)));
        return streams;
    }

    private void stream(Value value, Block block) {
        String name = block.text("name");
        Optional<Path> file = block.find("file").flatMap(files::path);
        boolean stdout = block.flag("stdout", false);
        boolean both = block.find("file").isPresent() == stdout;
        block.end();
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            value.fault("'" + name + "' is no name for a stream", "expected: a-z, 0-9 and -, at most 63");
        } else if (both) {
            value.fault("expected either file or stdout", "write file: PATH or stdout: true");
        } else {
            Optional<StreamTo> to = stdout ? Optional.of(new StreamTo.StandardOutput()) : file.map(StreamTo.File::new);
            to.ifPresent(where -> add(value, new Stream(name, where)));
        }
    }

    private void add(Value value, Stream stream) {
        Integer named = names.putIfAbsent(stream.name(), value.line());
        Integer placed = places.putIfAbsent(stream.to(), value.line());
        if (named != null) {
            value.fault("there are two streams '" + stream.name() + "'", "the first is at line " + named);
        }
        if (placed != null) {
            value.fault("two streams go to the same place", "the first is at line " + placed);
        }
        streams.add(stream);
    }
}
