package dev.sallyport.core.policy;

import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.masking.MaskRules.ResultMask;
import dev.sallyport.core.masking.ServerCopies;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The masks of several policies added up. Of two masks on the same thing the one that shows less stays. */
final class MaskSelection {
    private record ColumnKey(String schema, String table, String column) {}

    private record Hidden(Mask with, Set<String> exempt) {
        Hidden and(Hidden other) {
            Set<String> both = new HashSet<>(exempt);
            both.retainAll(other.exempt);
            return new Hidden(Mask.stricter(with, other.with), both);
        }
    }

    private final Map<ColumnKey, Hidden> columns = new LinkedHashMap<>();
    private final Map<String, Mask> results = new LinkedHashMap<>();
    private final Map<Detector, Mask> detectors = new EnumMap<>(Detector.class);
    private final List<MaskGuard.Guarded> guarded = new ArrayList<>();
    /** The rule that redacts each kind. */
    private final Map<ServerCopies.Kind, String> copies = new EnumMap<>(ServerCopies.Kind.class);

    void add(Policy policy) {
        for (int i = 0; i < policy.masks().size(); i++) {
            add(policy.name() + "/mask[" + i + "]", policy.masks().get(i));
        }
        closeCopies(policy);
    }

    /** A mask on a column comes with masks on what the server keeps elsewhere; a policy opens them for its own masks. */
    private void closeCopies(Policy policy) {
        if (policy.masks().stream().noneMatch(Policy.Masking.OfColumn.class::isInstance)) {
            return;
        }
        Set<ServerCopies.Kind> closed = EnumSet.allOf(ServerCopies.Kind.class);
        for (Policy.Masking masking : policy.masks()) {
            if (masking instanceof Policy.Masking.Opening(ServerCopies.Kind opened)) {
                closed.remove(opened);
            }
        }
        closed.forEach(kind -> copies.putIfAbsent(kind, policy.name() + "/mask"));
    }

    private void add(String rule, Policy.Masking masking) {
        switch (masking) {
            case Policy.Masking.OfColumn(ColumnMask mask, Policy.Predicates predicates, boolean writeBack) -> {
                columns.merge(
                        new ColumnKey(mask.schema(), mask.table(), mask.column()),
                        new Hidden(mask.with(), mask.exempt()),
                        Hidden::and);
                guarded.add(new MaskGuard.Guarded(rule, mask, predicates, writeBack));
            }
            case Policy.Masking.OfResult(ResultMask mask) ->
                results.merge(mask.column().toLowerCase(Locale.ROOT), mask.with(), Mask::stricter);
            case Policy.Masking.OfValue(Detector detector, Mask with) ->
                detectors.merge(detector, with, Mask::stricter);
            case Policy.Masking.Opening _ -> {}
        }
    }

    MaskRules rules() {
        List<ColumnMask> byColumn = new ArrayList<>();
        columns.forEach((key, hidden) ->
                byColumn.add(new ColumnMask(key.schema(), key.table(), key.column(), hidden.with(), hidden.exempt())));
        List<ResultMask> byResult = new ArrayList<>();
        results.forEach((name, with) -> byResult.add(new ResultMask(name, with)));
        return new MaskRules(byColumn, byResult, detectors, copies.keySet());
    }

    MaskGuard guard() {
        return new MaskGuard(guarded, new CopiesGuard(copies), !results.isEmpty());
    }
}
