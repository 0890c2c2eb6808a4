package dev.sallyport.protocols.postgres.canary;

/**
 * A column of a relation or an answer.
 *
 * @param masked whether it is masked, or its values derive from ones that are
 */
public record Column(String name, Kind kind, boolean masked) {
    Column as(String other) {
        return new Column(other, kind, masked);
    }
}
