package dev.sallyport.sql.postgres.parser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;

/**
 * One instance of libpg_query with a memory of its own. Used by one thread at a time; {@link #cancel} may come from any.
 *
 * <p>Whatever is thrown out of {@link #parse} leaves the instance in an unknown state (a half-built tree, a memory
 * context never freed), so its owner must throw it away.
 */
final class WasmParser implements AutoCloseable {

    /** What the module answered. */
    sealed interface Answer {
        /** @param json the tree, in a buffer with an array that the next call uses again */
        record Tree(ByteBuffer json) implements Answer {}

        /** @param codePoint where in the text, from 0; -1 if nowhere */
        record Rejected(String message, int codePoint) implements Answer {}

        record TreeTooLarge() implements Answer {}
    }

    /** A deep recursion reached the end of the module's stack: the data below it may have been overwritten. */
    @SuppressWarnings("serial")
    static final class StackOverrun extends RuntimeException {
        private StackOverrun() {
            super("the stack of the module has overrun", null, false, false);
        }
    }

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int CANARY_BYTES = 1024;
    private static final byte CANARY = 0x5A;
    private static final int LARGEST_MESSAGE = 4096;
    private static final int FIRST_CHUNK = 8192;

    private final Context context;
    private final Value memory;
    private final Value malloc;
    private final Value free;
    private final Value parse;
    private final Value freeResult;
    private final int stackFloor;
    private final byte[] canary = new byte[CANARY_BYTES];
    private byte[] buffer = new byte[1 << 16];

    WasmParser(Engine engine, Source source) {
        context = Context.newBuilder("wasm")
                .engine(engine)
                .allowPolyglotAccess(
                        PolyglotAccess.newBuilder().allowBindingsAccess("wasm").build())
                .build();
        Value module = context.eval(source);
        EmscriptenHost host = new EmscriptenHost(
                context.getPolyglotBindings().getMember("WebAssembly").getMember("table_read"));
        Value exports = module.newInstance(host.imports()).getMember("exports");
        host.link(exports);
        memory = exports.getMember(LibpgQuery.MEMORY);
        malloc = exports.getMember(LibpgQuery.MALLOC);
        free = exports.getMember(LibpgQuery.FREE);
        parse = exports.getMember(LibpgQuery.PARSE);
        freeResult = exports.getMember(LibpgQuery.FREE_RESULT);
        exports.getMember(LibpgQuery.INITIALIZE).executeVoid();
        stackFloor = exports.getMember(LibpgQuery.STACK_GET).execute().asInt() - LibpgQuery.STACK_BYTES;
        plantCanary();
    }

    /**
     * Parses one text.
     *
     * @param utf8 without a NUL, at which C would take the text to end
     * @param maxTreeBytes what the tree may have at most
     */
    Answer parse(byte[] utf8, int maxTreeBytes) {
        int text = malloc.execute(utf8.length + Long.BYTES).asInt();
        write(text, utf8);
        int result = parse.execute(text).asInt();
        Answer answer = read(result, maxTreeBytes);
        freeResult.executeVoid(result);
        free.executeVoid(text);
        checkCanary();
        return answer;
    }

    /** Ends a call that is under way, and the instance with it. Returns when the call has ended. */
    void cancel() {
        context.close(true);
    }

    @Override
    public void close() {
        context.close(true);
    }

    /** Writes the text and at least one NUL, eight bytes a call, since each call has to leave Java. */
    private void write(int address, byte[] utf8) {
        int words = utf8.length / Long.BYTES;
        ByteBuffer bytes = ByteBuffer.wrap(utf8).order(ORDER);
        for (int i = 0; i < words; i++) {
            memory.writeBufferLong(ORDER, address + (long) i * Long.BYTES, bytes.getLong());
        }
        long rest = 0;
        for (int shift = 0; bytes.hasRemaining(); shift += Byte.SIZE) {
            rest |= (bytes.get() & 0xFFL) << shift;
        }
        memory.writeBufferLong(ORDER, address + (long) words * Long.BYTES, rest);
    }

    /** {@code PgQueryParseResult}: char *parse_tree, char *stderr_buffer, PgQueryError *error. */
    private Answer read(int result, int maxTreeBytes) {
        if (result == 0) {
            throw new IllegalStateException("no result");
        }
        int error = pointer(result + 8);
        if (error != 0) {
            return rejected(error);
        }
        int length = readString(pointer(result), maxTreeBytes);
        return length < 0 ? new Answer.TreeTooLarge() : new Answer.Tree(ByteBuffer.wrap(buffer, 0, length));
    }

    /** {@code PgQueryError}: char *message, *funcname, *filename, int lineno, int cursorpos (from 1, 0 for none). */
    private Answer rejected(int error) {
        int read = readString(pointer(error), LARGEST_MESSAGE);
        int length = read < 0 ? LARGEST_MESSAGE : read;
        return new Answer.Rejected(new String(buffer, 0, length, StandardCharsets.UTF_8), pointer(error + 16) - 1);
    }

    private int pointer(int address) {
        return memory.readBufferInt(ORDER, Integer.toUnsignedLong(address));
    }

    /** Copies a C string into the buffer and returns its length, or -1 when it is longer than {@code most}. */
    private int readString(int address, int most) {
        if (address == 0) {
            throw new IllegalStateException("no string");
        }
        long start = Integer.toUnsignedLong(address);
        long end = memory.getBufferSize();
        int length = 0;
        int chunk = FIRST_CHUNK;
        while (length <= most) {
            int size = (int) Math.min(chunk, end - start - length);
            if (buffer.length < length + size) {
                buffer = Arrays.copyOf(buffer, Math.max(length + size, 2 * buffer.length));
            }
            memory.readBuffer(start + length, buffer, length, size);
            for (int i = length; i < length + size; i++) {
                if (buffer[i] == 0) {
                    return i <= most ? i : -1;
                }
            }
            length += size;
            chunk *= 2;
            if (size == 0) {
                throw new IllegalStateException("a string without an end");
            }
        }
        return -1;
    }

    private void plantCanary() {
        for (int i = 0; i < CANARY_BYTES; i++) {
            memory.writeBufferByte(stackFloor + i, CANARY);
        }
    }

    /**
     * The thread's stack ends long before the module's does. Should that ever change, the frames of a recursion would
     * have to cross these bytes before they reach the module's data.
     */
    private void checkCanary() {
        memory.readBuffer(stackFloor, canary, 0, CANARY_BYTES);
        for (byte b : canary) {
            if (b != CANARY) {
                throw new StackOverrun();
            }
        }
    }
}
