package dev.sallyport.core.policy;

import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The values that a client gives with a command: its parameters, and whatever stands between two quotes in its text. That
 * is no reading of the grammar. It finds more than there is, and misses what is written with escapes or between dollars;
 * it is for what a client stores by mistake, and none that means to can be kept from writing it otherwise.
 */
final class GivenValues {
    private GivenValues() {}

    static List<String> of(Command command) {
        List<String> values = new ArrayList<>();
        for (Parameter parameter : command.parameters()) {
            parameter.value().ifPresent(value -> add(values, new String(value, StandardCharsets.UTF_8)));
        }
        String text = command.text();
        int from = text.indexOf('\'');
        for (int to = text.indexOf('\'', from + 1); from >= 0 && to >= 0; to = text.indexOf('\'', from + 1)) {
            add(values, text.substring(from + 1, to));
            from = to;
        }
        return values;
    }

    /** As it is, and as the JSON string that it may be. */
    private static void add(List<String> values, String value) {
        values.add(value);
        if (value.length() > 2 && value.startsWith("\"") && value.endsWith("\"")) {
            values.add(value.substring(1, value.length() - 1));
        }
    }
}
