package dev.sallyport.server.config;

import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.server.config.Document.Kind;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The names that the documents give, for those that refer to them. */
final class Names {
    private final Map<Kind, Map<String, Document>> byKind = new HashMap<>();

    Names(List<Document> documents) {
        for (Document document : documents) {
            Document before = byKind.computeIfAbsent(document.kind(), kind -> new LinkedHashMap<>())
                    .putIfAbsent(document.named(), document);
            if (before != null) {
                document.name()
                        .fault(
                                "there are two of kind " + document.kind().label() + " with the name '"
                                        + document.named() + "'",
                                "the first is in " + before.name().source().file() + ", line "
                                        + before.name().line());
            }
        }
    }

    Optional<TargetName> target(Value value) {
        return known(Kind.TARGET, value).map(TargetName::new);
    }

    /** {@code issuer:group} of a known issuer. */
    Optional<GroupName> group(Value value) {
        return namespaced(value, "group").map(GroupName::parse);
    }

    /** {@code issuer:what} of a known issuer. */
    Optional<String> namespaced(Value value, String what) {
        Optional<String> text = value.text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int colon = text.get().indexOf(':');
        if (colon < 1 || colon == text.get().length() - 1) {
            value.fault(
                    "'" + text.get() + "' names no issuer",
                    "write ISSUER:" + what.toUpperCase(Locale.ROOT) + ", for example " + example() + ":"
                            + text.get().replace(":", ""));
            return Optional.empty();
        }
        String issuer = text.get().substring(0, colon);
        if (!names(Kind.ISSUER).containsKey(issuer)) {
            value.fault(
                    "there is no issuer '" + issuer + "'",
                    Suggestion.hint(issuer, names(Kind.ISSUER).keySet()));
            return Optional.empty();
        }
        return text;
    }

    Optional<String> known(Kind kind, Value value) {
        Optional<String> text = value.text();
        if (text.isPresent() && !names(kind).containsKey(text.get())) {
            value.fault(
                    "there is no " + kind.label().toLowerCase(Locale.ROOT) + " '" + text.get() + "'",
                    Suggestion.hint(text.get(), names(kind).keySet()));
            return Optional.empty();
        }
        return text;
    }

    private Map<String, Document> names(Kind kind) {
        return byKind.getOrDefault(kind, Map.of());
    }

    private String example() {
        return names(Kind.ISSUER).keySet().stream().findFirst().orElse("okta");
    }
}
