package dev.sallyport.server.config;

import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.masking.MaskRules.ResultMask;
import dev.sallyport.core.masking.ServerCopies;
import dev.sallyport.core.policy.Policy.Masking;
import dev.sallyport.core.policy.Policy.Predicates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads one entry under {@code mask}. */
final class MaskReader {
    private static final Map<String, Detector> DETECTORS =
            Arrays.stream(Detector.values()).collect(Collectors.toMap(Detector::label, Function.identity()));
    private static final Map<String, Mask> KINDS =
            Map.of("redact", new Mask.Redact(), "null", new Mask.Null(), "hash", new Mask.Hash());
    private static final Map<String, ServerCopies.Kind> COPIES = Arrays.stream(ServerCopies.Kind.values())
            .collect(Collectors.toMap(ServerCopies.Kind::label, Function.identity()));
    private static final Map<String, Boolean> CHOICES = Map.of("deny", false, "allow", true);
    private static final Pattern FUNCTION = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final int DEFAULT_PER_MINUTE = 30;
    private static final int MOST_PER_MINUTE = 1_000_000;

    private MaskReader() {}

    static List<Masking> read(Block block) {
        Optional<Value> open = block.find("open");
        return open.isPresent() ? opening(open.get(), block) : masking(block);
    }

    /** {@code open} stands alone: it says where nothing is masked. */
    private static List<Masking> opening(Value open, Block block) {
        block.end();
        List<Masking> opened = new ArrayList<>();
        for (Value value : PolicyReader.nonEmpty(open)) {
            value.choice(COPIES).ifPresent(kind -> opened.add(new Masking.Opening(kind)));
        }
        return opened;
    }

    /** A policy can only open what its own masks close, so that no policy weakens another. */
    static void checkOpenings(Block spec, List<Masking> masks) {
        boolean opens = masks.stream().anyMatch(Masking.Opening.class::isInstance);
        if (opens && masks.stream().noneMatch(Masking.OfColumn.class::isInstance)) {
            spec.find("mask")
                    .ifPresent(value -> value.fault(
                            "opens what is closed by masks on columns, of which it has none",
                            "an open entry is about the masks of its own policy"));
        }
    }

    private static List<Masking> masking(Block block) {
        Optional<Value> columns = block.find("columns");
        Optional<Value> results = block.find("results");
        Optional<Value> detect = block.find("detect");
        Mask with = block.need("with").flatMap(MaskReader::with).orElse(new Mask.Redact());
        Optional<Value> predicates = block.find("predicates");
        Optional<Value> perMinute = block.find("equalityPerMinute");
        Optional<Value> writeBack = block.find("writeBack");
        Optional<Value> exempt = block.find("exempt");
        Predicates deciding = predicates(predicates, perMinute, columns);
        Set<String> shown =
                onColumns(exempt, columns).map(MaskReader::functions).orElse(Set.of());
        boolean storing = onColumns(writeBack, columns)
                .flatMap(value -> value.choice(CHOICES))
                .orElse(false);
        block.end();
        List<Masking> masks = new ArrayList<>();
        for (Value value : entries(columns)) {
            column(value, with, shown).ifPresent(mask -> masks.add(new Masking.OfColumn(mask, deciding, storing)));
        }
        for (Value value : entries(results)) {
            value.text().ifPresent(name -> masks.add(new Masking.OfResult(new ResultMask(name, with))));
        }
        for (Value value : entries(detect)) {
            value.choice(DETECTORS).ifPresent(detector -> masks.add(new Masking.OfValue(detector, with)));
        }
        if (columns.isEmpty() && results.isEmpty() && detect.isEmpty()) {
            block.place().fault("masks nothing", "give columns, results or detect");
        }
        return masks;
    }

    /** {@code deny}, {@code equality} at a rate, or {@code allow}. */
    private static Predicates predicates(Optional<Value> word, Optional<Value> perMinute, Optional<Value> columns) {
        int rate = onColumns(perMinute, columns)
                .flatMap(value -> value.number(1, MOST_PER_MINUTE))
                .map(Math::toIntExact)
                .orElse(DEFAULT_PER_MINUTE);
        Map<String, Predicates> choices =
                Map.of("deny", Predicates.NONE, "equality", new Predicates.Equality(rate), "allow", Predicates.ANY);
        Predicates predicates =
                onColumns(word, columns).flatMap(value -> value.choice(choices)).orElse(Predicates.NONE);
        if (perMinute.isPresent() && columns.isPresent() && !(predicates instanceof Predicates.Equality)) {
            perMinute.get().fault("is about equalities, which are not allowed here", "write predicates: equality");
        }
        return predicates;
    }

    /** Names of built-in functions as PostgreSQL has them. */
    private static Set<String> functions(Value list) {
        Set<String> names = new LinkedHashSet<>();
        for (Value value : PolicyReader.nonEmpty(list)) {
            value.text().ifPresent(name -> {
                if (FUNCTION.matcher(name).matches()) {
                    names.add(name);
                } else {
                    value.fault("'" + name + "' is not a built-in function's name", "write for example avg");
                }
            });
        }
        return names;
    }

    private static Optional<Value> onColumns(Optional<Value> value, Optional<Value> columns) {
        if (value.isPresent() && columns.isEmpty()) {
            value.get().fault("is about masks on columns only", "");
        }
        return value;
    }

    private static List<Value> entries(Optional<Value> list) {
        return list.map(PolicyReader::nonEmpty).orElse(List.of());
    }

    private static Optional<ColumnMask> column(Value value, Mask with, Set<String> exempt) {
        Optional<String> text = value.text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = text.get().split("\\.", -1);
        if (parts.length != 3 || Arrays.stream(parts).anyMatch(String::isEmpty)) {
            value.fault("'" + text.get() + "' is not a column", "write schema.table.column, each may hold *");
            return Optional.empty();
        }
        return Optional.of(new ColumnMask(parts[0], parts[1], parts[2], with, exempt));
    }

    /** {@code redact}, {@code null}, {@code hash}, {@code {keepLast: 4}} or {@code {keepFirst: 4}}. */
    private static Optional<Mask> with(Value value) {
        if (value.isText()) {
            return value.choice(KINDS);
        }
        Optional<Block> block = value.block();
        if (block.isEmpty()) {
            return Optional.empty();
        }
        Optional<Value> last = block.get().find("keepLast");
        Optional<Value> first = block.get().find("keepFirst");
        block.get().end();
        if (last.isPresent() == first.isPresent()) {
            value.fault(
                    "expected either keepLast or keepFirst",
                    "write redact, null, hash, {keepLast: 4} or {keepFirst: 4}");
            return Optional.empty();
        }
        return last.isPresent()
                ? last.flatMap(MaskReader::characters).map(Mask.KeepLast::new)
                : first.flatMap(MaskReader::characters).map(Mask.KeepFirst::new);
    }

    private static Optional<Integer> characters(Value value) {
        return value.number(1, 1000).map(Math::toIntExact);
    }
}
