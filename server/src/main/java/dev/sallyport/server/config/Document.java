package dev.sallyport.server.config;

import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One document: {@code kind}, {@code name}, {@code spec}.
 *
 * @param kind what it describes
 * @param name its name, where it stands
 * @param named the name's text
 * @param spec what it says
 */
record Document(Kind kind, Value name, String named, Block spec) {
    private static final int MAX_COLLECTION_ALIASES = 20;
    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setMaxAliasesForCollections(MAX_COLLECTION_ALIASES)
            .setCodePointLimit(DirectoryScan.MAX_FILE_BYTES)
            .setUseMarks(true)
            .build();

    /** What a document can describe. */
    enum Kind {
        GATEWAY("Gateway"),
        ISSUER("Issuer"),
        TARGET("Target"),
        POLICY("Policy");

        private static final Map<String, Kind> BY_LABEL =
                Map.of("Gateway", GATEWAY, "Issuer", ISSUER, "Target", TARGET, "Policy", POLICY);

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /** The documents of all files, faults noted. */
    static List<Document> all(Path directory, DirectoryScan scan, Faults faults) {
        List<Document> documents = new ArrayList<>();
        scan.files().forEach((file, bytes) -> documents.addAll(ofFile(directory, file, bytes, faults)));
        return documents;
    }

    private static List<Document> ofFile(Path directory, String file, byte[] bytes, Faults faults) {
        if (bytes.length > DirectoryScan.MAX_FILE_BYTES) {
            faults.add(new Fault(file, 1, 1, "", "is larger than 1 MiB", "split it into several files"));
            return List.of();
        }
        String text;
        try {
            text = DirectoryScan.text(bytes);
        } catch (CharacterCodingException e) {
            faults.add(new Fault(file, 1, 1, "", "is not UTF-8", ""));
            return List.of();
        }
        Source source = new Source(directory, file, text.lines().toList(), faults);
        List<Document> documents = new ArrayList<>();
        try {
            for (Node node : new Compose(SETTINGS).composeAllFromString(text)) {
                of(source, node).ifPresent(documents::add);
            }
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark();
            source.fault(
                    mark.map(Mark::getLine).orElse(0) + 1,
                    mark.map(Mark::getColumn).orElse(0) + 1,
                    "",
                    "is not YAML: " + e.getProblem(),
                    tabHint(e));
        } catch (YamlEngineException | StackOverflowError e) {
            source.fault(
                    1,
                    1,
                    "",
                    "cannot be read: " + (e instanceof YamlEngineException ? e.getMessage() : "nested too deeply"),
                    "");
        }
        return documents;
    }

    private static String tabHint(MarkedYamlEngineException e) {
        return String.valueOf(e.getProblem()).contains("'\\t") ? "indent with spaces" : "";
    }

    private static Optional<Document> of(Source source, Node node) {
        if (node.getTag().equals(Tag.NULL)) {
            return Optional.empty();
        }
        Optional<Block> top = new Value(source, "", node).block();
        if (top.isEmpty()) {
            return Optional.empty();
        }
        Block block = top.get();
        Optional<Kind> kind = block.need("kind").flatMap(value -> value.choice(Kind.BY_LABEL));
        Optional<Value> name = block.need("name");
        Optional<String> named = name.flatMap(Value::text);
        Optional<Block> spec = block.need("spec").flatMap(Value::block);
        block.end();
        return kind.isEmpty() || name.isEmpty() || named.isEmpty() || spec.isEmpty()
                ? Optional.empty()
                : Optional.of(new Document(kind.get(), name.get(), named.get(), spec.get()));
    }
}
