package dev.sallyport.sql.postgres.parser;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.io.ByteSequence;

/**
 * The vendored WebAssembly module and the names in it. Emscripten shortens the names of imports and exports anew with
 * every release, so they belong to exactly one file, named here by its digest; {@code sql/libpg_query/update.sh} says
 * how to find those of another.
 */
final class LibpgQuery {

    private static final String RESOURCE = "libpg_query.wasm";
    private static final String SHA_256 = "378b64e6182f65c71ad5dbd2c31c81e9dfed7d2f2debfb4b51c0d0de8fa2ae36";

    static final String IMPORT_MODULE = "a";

    /** {@code invoke_*}: calls a function of the table so that a longjmp out of it can be caught. */
    static final List<String> INVOKE_INT = List.of("a", "b", "d", "g", "k");

    static final List<String> INVOKE_LONG = List.of("l");
    static final List<String> INVOKE_VOID = List.of("e", "f", "h", "i", "j", "n", "y");
    static final String THROW_LONGJMP = "p";
    static final String RESIZE_HEAP = "q";

    /**
     * assert_fail, exit, setitimer, fd_read, fd_seek, fd_write, fd_close, proc_exit, keepalive_clear, abort: a parser
     * that parses calls none of them.
     */
    static final List<String> NEVER_CALLED = List.of("c", "m", "o", "r", "s", "t", "u", "v", "w", "x");

    static final String INITIALIZE = "A";
    static final String MEMORY = "z";
    static final String TABLE = "D";
    static final String MALLOC = "C";
    static final String FREE = "E";
    static final String PARSE = "F";
    static final String FREE_RESULT = "G";
    static final String SET_THREW = "P";
    static final String STACK_RESTORE = "Q";
    static final String STACK_GET = "R";

    /** What the module was linked with ({@code STACK_SIZE}); the stack grows down towards its data. */
    static final int STACK_BYTES = 32 << 20;

    private LibpgQuery() {}

    static Source source() {
        try (InputStream in = LibpgQuery.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + ": not in the class path");
            }
            byte[] module = in.readAllBytes();
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(module));
            if (!digest.equals(SHA_256)) {
                throw new IllegalStateException(
                        "%s: SHA-256 is %s (expected: %s)".formatted(RESOURCE, digest, SHA_256));
            }
            return Source.newBuilder("wasm", ByteSequence.create(module), "libpg_query")
                    .build();
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(RESOURCE + ": cannot be read", e);
        }
    }
}
