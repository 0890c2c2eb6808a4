package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.protocols.postgres.wire.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of an answer with what happens to each, laid out for the loop over a row's values. */
final class Columns {
    private final Field[] fields;
    private final ColumnPlan.@Nullable Replace[] replaced;
    private final boolean[] detected;
    private final boolean touched;

    Columns(List<Field> fields, List<ColumnPlan> plans, ValueMasker values) {
        if (fields.size() != plans.size()) {
            throw new IllegalArgumentException(
                    "plans: " + plans.size() + " (expected: one for each of " + fields.size() + " columns)");
        }
        this.fields = fields.toArray(Field[]::new);
        this.replaced = new ColumnPlan.Replace[plans.size()];
        this.detected = new boolean[plans.size()];
        boolean any = false;
        for (int i = 0; i < plans.size(); i++) {
            switch (plans.get(i)) {
                case ColumnPlan.Pass() -> {}
                case ColumnPlan.Detect() -> detected[i] = values.canDetect(this.fields[i]);
                case ColumnPlan.Replace replace -> replaced[i] = replace;
            }
            any |= detected[i] || replaced[i] != null;
        }
        this.touched = any;
    }

    int count() {
        return fields.length;
    }

    /** Whether any value of any row may be changed. */
    boolean isTouched() {
        return touched;
    }

    Field field(int column) {
        return fields[column];
    }

    /** What replaces the column's values, or null. */
    ColumnPlan.@Nullable Replace replaced(int column) {
        return replaced[column];
    }

    boolean isDetected(int column) {
        return detected[column];
    }
}
