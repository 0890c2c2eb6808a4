package dev.sallyport.sql.postgres.parser;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;
import org.jspecify.annotations.Nullable;

/**
 * What a C program compiled by Emscripten asks of its host, as far as a parser needs it.
 *
 * <p>PostgreSQL reports errors by longjmp. Emscripten without exception support of the engine makes that a call out to
 * the host, which throws, and sends every call between setjmp and longjmp through the host too ({@code invoke_*}),
 * which catches: it restores the stack pointer and tells the module ({@code setThrew}) that a jump is under way. There
 * are no files, no clock and no output: a call for one of these is a fault, and so is growing the memory.
 */
final class EmscriptenHost {

    /** The module asked for more than the memory it started with. */
    @SuppressWarnings("serial")
    static final class OutOfMemory extends RuntimeException {
        private OutOfMemory() {
            super("more than the memory of one engine is needed", null, false, false);
        }
    }

    private static final class LongJump extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private LongJump() {
            super(null, null, false, false);
        }
    }

    private final Value tableRead;
    private @Nullable Value table;
    private @Nullable Value stackGet;
    private @Nullable Value stackRestore;
    private @Nullable Value setThrew;
    private final Map<Integer, Value> functions = new HashMap<>();

    /** @param tableRead reads one element of a table: {@code WebAssembly.table_read} of GraalWasm */
    EmscriptenHost(Value tableRead) {
        this.tableRead = tableRead;
    }

    /** The import object for the module. */
    ProxyObject imports() {
        Map<String, Object> functions = new HashMap<>();
        addAll(functions, LibpgQuery.INVOKE_INT, invoke(0));
        addAll(functions, LibpgQuery.INVOKE_LONG, invoke(0L));
        addAll(functions, LibpgQuery.INVOKE_VOID, invoke(0));
        functions.put(LibpgQuery.THROW_LONGJMP, (ProxyExecutable) arguments -> {
            throw new LongJump();
        });
        functions.put(LibpgQuery.RESIZE_HEAP, (ProxyExecutable) arguments -> {
            throw new OutOfMemory();
        });
        for (String name : LibpgQuery.NEVER_CALLED) {
            functions.put(name, (ProxyExecutable) arguments -> {
                throw new IllegalStateException("import " + name + ": called");
            });
        }
        return ProxyObject.fromMap(Map.of(LibpgQuery.IMPORT_MODULE, ProxyObject.fromMap(functions)));
    }

    /** Hands over what the imports call back into; before this, they cannot be called. */
    void link(Value exports) {
        table = exports.getMember(LibpgQuery.TABLE);
        stackGet = exports.getMember(LibpgQuery.STACK_GET);
        stackRestore = exports.getMember(LibpgQuery.STACK_RESTORE);
        setThrew = exports.getMember(LibpgQuery.SET_THREW);
    }

    private static void addAll(Map<String, Object> functions, List<String> names, ProxyExecutable function) {
        names.forEach(name -> functions.put(name, function));
    }

    private ProxyExecutable invoke(Object resultOfJump) {
        return arguments -> {
            Value stackPointer = linked(stackGet).execute();
            try {
                return function(arguments[0].asInt()).execute(argumentsOf(arguments));
            } catch (PolyglotException e) {
                if (!e.isHostException() || !(e.asHostException() instanceof LongJump)) {
                    throw e;
                }
                linked(stackRestore).execute(stackPointer);
                linked(setThrew).execute(1, 0);
                return resultOfJump;
            }
        };
    }

    private static Object[] argumentsOf(Value[] indexAndArguments) {
        Object[] arguments = new Object[indexAndArguments.length - 1];
        System.arraycopy(indexAndArguments, 1, arguments, 0, arguments.length);
        return arguments;
    }

    private Value function(int index) {
        return functions.computeIfAbsent(index, i -> tableRead.execute(linked(table), i));
    }

    private static Value linked(@Nullable Value value) {
        if (value == null) {
            throw new IllegalStateException("import called before the module was linked");
        }
        return value;
    }
}
