package dev.sallyport.sql.postgres.parser;

import org.graalvm.polyglot.Engine;

/**
 * How WebAssembly becomes machine code. With Graal's compiler on the module path it is compiled while it runs; without
 * it, it is interpreted. Which it is depends on how the JVM was started, see docs/adr/0001-postgresql-parser.md.
 */
final class Compilation {

    private static final String THRESHOLD = "engine.FirstTierCompilationThreshold";

    private Compilation() {}

    /** What all instances of the module share: its parsed form and its machine code. */
    static Engine engine() {
        Engine plain = builder().build();
        if (!isOn(plain)) {
            return plain;
        }
        plain.close();
        // One large function takes most of the time and is called once a statement. The usual threshold of 400 calls
        // would keep it interpreted for long; figures are in the ADR. Only the compiling runtime knows these options.
        return builder()
                .allowExperimentalOptions(true)
                .option(THRESHOLD, "100")
                .option("engine.FirstTierMinInvokeThreshold", "1")
                .build();
    }

    static boolean isOn(Engine engine) {
        return engine.getOptions().get(THRESHOLD) != null;
    }

    private static Engine.Builder builder() {
        return Engine.newBuilder("wasm").option("engine.WarnInterpreterOnly", "false");
    }
}
