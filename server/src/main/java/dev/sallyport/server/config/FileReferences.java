package dev.sallyport.server.config;

import dev.sallyport.core.target.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a configuration takes from beside its documents: files and the environment. Relative paths are relative to the
 * configuration's directory. The files are remembered, so that they can be watched too.
 */
final class FileReferences {
    private static final int MAX_SECRET_BYTES = 64 * 1024;

    private final Map<String, String> environment;
    private final Set<Path> referenced = new TreeSet<>();

    FileReferences(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    Set<Path> referenced() {
        return Set.copyOf(referenced);
    }

    /** A path that need not exist. */
    Optional<Path> path(Value value) {
        Optional<String> text = value.text();
        try {
            return text.map(path -> value.source().directory().resolve(path).normalize());
        } catch (InvalidPathException e) {
            value.fault("'" + text.orElse("") + "' is not a path", "");
            return Optional.empty();
        }
    }

    /** A file that has to be there. */
    Optional<Path> file(Value value) {
        Optional<Path> path = path(value);
        if (path.isEmpty()) {
            return path;
        }
        referenced.add(path.get());
        if (!Files.isRegularFile(path.get()) || !Files.isReadable(path.get())) {
            value.fault(
                    "there is no readable file " + path.get(), "paths are relative to the configuration's directory");
            return Optional.empty();
        }
        return path;
    }

    /** {@code {env: NAME}} or {@code {file: PATH}}. */
    Optional<Secret> secret(Value value) {
        if (value.isText()) {
            value.fault("a secret does not stand in the configuration itself", "write {env: NAME} or {file: PATH}");
            return Optional.empty();
        }
        Optional<Block> block = value.block();
        if (block.isEmpty()) {
            return Optional.empty();
        }
        Optional<Value> env = block.get().find("env");
        Optional<Value> file = block.get().find("file");
        block.get().end();
        if (env.isPresent() == file.isPresent()) {
            value.fault("expected either env or file", "write {env: NAME} or {file: PATH}");
            return Optional.empty();
        }
        return env.isPresent() ? env.flatMap(this::fromEnvironment) : file.flatMap(this::fromFile);
    }

    private Optional<Secret> fromEnvironment(Value value) {
        Optional<String> name = value.text();
        Optional<String> secret = name.map(environment::get).filter(text -> !text.isEmpty());
        if (name.isPresent() && secret.isEmpty()) {
            value.fault("the environment variable " + name.get() + " is not set", "");
        }
        return secret.map(Secret::of);
    }

    private Optional<Secret> fromFile(Value value) {
        Optional<Path> path = file(value);
        if (path.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = {};
        try (var in = Files.newInputStream(path.get())) {
            bytes = in.readNBytes(MAX_SECRET_BYTES + 1);
            int length = withoutLineEnd(bytes);
            if (length == 0 || length > MAX_SECRET_BYTES) {
                value.fault(length == 0 ? "the file is empty" : "the file is larger than 64 KiB", "");
                return Optional.empty();
            }
            byte[] secret = Arrays.copyOf(bytes, length);
            try {
                return Optional.of(Secret.ofUtf8(secret));
            } finally {
                Arrays.fill(secret, (byte) 0);
            }
        } catch (IOException e) {
            value.fault("the file cannot be read", "");
            return Optional.empty();
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Editors and {@code echo} end a file with a line end that is no part of the secret. */
    private static int withoutLineEnd(byte[] bytes) {
        int length = bytes.length;
        if (length > 0 && bytes[length - 1] == '\n') {
            length--;
            if (length > 0 && bytes[length - 1] == '\r') {
                length--;
            }
        }
        return length;
    }
}
