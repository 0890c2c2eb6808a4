package dev.sallyport.server.store;

/** What commands, and connections that were refused, can be found by, beside time. */
public enum Facet {
    /** {@code issuer:subject}, or the subject alone. */
    IDENTITY,
    /** {@code issuer:group}. */
    GROUP,
    CLIENT,
    TARGET,
    /** An action of one of the command's effects, as policies name it. */
    ACTION,
    /** The object of one of them, as {@code kind:name}, or the name alone. */
    OBJECT,
    /** {@code allow}, {@code deny} or {@code hold}; {@link #REFUSED} for a connection. */
    OUTCOME,
    /** A rule that decided, or the policy that it stands in. */
    RULE,
    INCIDENT,
    SESSION,
    /** A word of the statement or of a parameter; a text of several words stands for all of them. */
    WORD;

    /** The outcome of a connection that never became a session. */
    public static final String REFUSED = "refused";
}
