package dev.sallyport.server.cli;

import dev.sallyport.core.audit.EventJson;
import dev.sallyport.core.audit.StoredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One event with all its fields, one a line, as the export has them. */
final class EventText {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final EventJson json;

    EventText(EventJson json) {
        this.json = json;
    }

    List<String> lines(StoredEvent stored) {
        JsonNode event = MAPPER.readTree(json.line(stored));
        List<String> lines = new ArrayList<>();
        lines.add(stored.event().at() + "  " + stored.type() + "  (record " + stored.index() + ")");
        for (Map.Entry<String, JsonNode> field : event.properties()) {
            switch (field.getKey()) {
                case "index", "type", "at", "session" -> {}
                default -> field(field.getKey(), field.getValue(), lines);
            }
        }
        return lines;
    }

    private static void field(String key, JsonNode value, List<String> lines) {
        if (value.isArray()) {
            value.forEach(element -> lines.add(line(key, scalar(element))));
        } else if (value.isString()) {
            List<String> texts = Printable.lines(value.asString());
            for (int i = 0; i < texts.size(); i++) {
                lines.add(line(i == 0 ? key : "", texts.get(i)));
            }
        } else {
            lines.add(line(key, scalar(value)));
        }
    }

    private static String scalar(JsonNode value) {
        return Printable.line(value.isString() ? value.asString() : value.toString());
    }

    private static String line(String key, String value) {
        return String.format("    %-12s %s", key, value);
    }
}
