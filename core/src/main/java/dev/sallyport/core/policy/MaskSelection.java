package dev.sallyport.core.policy;

import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.masking.MaskRules.ResultMask;
import java.util.ArrayList;
import java.util.EnumMap;
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

    void add(Policy policy) {
        for (int i = 0; i < policy.masks().size(); i++) {
            add(policy.name() + "/mask[" + i + "]", policy.masks().get(i));
        }
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
        }
    }

    MaskRules rules() {
        List<ColumnMask> byColumn = new ArrayList<>();
        columns.forEach((key, hidden) ->
                byColumn.add(new ColumnMask(key.schema(), key.table(), key.column(), hidden.with(), hidden.exempt())));
        List<ResultMask> byResult = new ArrayList<>();
        results.forEach((name, with) -> byResult.add(new ResultMask(name, with)));
        return new MaskRules(byColumn, byResult, detectors);
    }

    MaskGuard guard() {
        return new MaskGuard(guarded, !results.isEmpty());
    }
}
