package dev.sallyport.core.identity;

import dev.sallyport.core.identity.Authentication.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds in a token's claims what an identity is made of. */
final class ClaimReader {
    private final Map<String, Object> claims;

    ClaimReader(Map<String, Object> claims) {
        this.claims = claims;
    }

    /** The claim of that very name, or else what the path leads to. */
    Optional<Object> find(String nameOrPath) {
        Object named = claims.get(nameOrPath);
        if (named != null) {
            return Optional.of(named);
        }
        Object reached = claims;
        for (String step : nameOrPath.split("\\.", -1)) {
            if (!(reached instanceof Map<?, ?> object)) {
                return Optional.empty();
            }
            reached = object.get(step);
        }
        return Optional.ofNullable(reached);
    }

    /** Entries that are no strings are left out: they name no group. */
    Set<GroupName> groups(String issuer, String nameOrPath) {
        if (nameOrPath.isEmpty()) {
            return Set.of();
        }
        return strings(find(nameOrPath))
                .map(name -> new GroupName(issuer, name))
                .collect(Collectors.toUnmodifiableSet());
    }

    Optional<String> client(List<String> namesOrPaths) {
        return namesOrPaths.stream()
                .map(this::find)
                .flatMap(Optional::stream)
                .filter(value -> value instanceof String text && !text.isBlank())
                .map(String.class::cast)
                .findFirst();
    }

    /**
     * The chain of {@code act} claims (RFC 8693, section 4.1), nearest first. Whoever acts may not approve, so an actor
     * that cannot be named makes the token unusable rather than the actor invisible.
     */
    List<String> actors() throws Refusal {
        List<String> actors = new ArrayList<>();
        Object act = claims.get("act");
        while (act != null) {
            if (!(act instanceof Map<?, ?> actor)
                    || !(actor.get("sub") instanceof String subject)
                    || subject.isBlank()) {
                throw new Refusal(Reason.TOKEN_MALFORMED, "act without sub");
            }
            actors.add(subject);
            act = actor.get("act");
        }
        return List.copyOf(actors);
    }

    /** A claim that is one string or several (RFC 7519, section 4.1.3). */
    Set<String> audiences() {
        Object value = claims.get("aud");
        return switch (value) {
            case String one -> Set.of(one);
            case List<?> several ->
                several.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .collect(Collectors.toUnmodifiableSet());
            case null, default -> Set.of();
        };
    }

    private static Stream<String> strings(Optional<Object> value) {
        Stream<?> entries = switch (value.orElse(List.of())) {
            case String text -> Arrays.stream(text.split("[ ]+"));
            case List<?> list -> list.stream();
            default -> Stream.of();
        };
        return entries.filter(String.class::isInstance).map(String.class::cast).filter(text -> !text.isBlank());
    }
}
