package dev.sallyport.protocols.postgres.session;

/**
 * Whose turn it is: the client's next message's, or that of something which has to come first. Whoever in the client half
 * cannot go on says what for with {@link #waitFor}, and {@link #resume} with the same reason when that has come, always
 * in a later task of the event loop. There is one reason at a time, since nothing is looked at while there is one.
 */
final class Turn {
    enum Waiting {
        NOTHING,
        /** The grammar is still at work on a text. */
        ANALYSIS,
        /** What a large message does is being found out. */
        FACTS,
        /** The search path or the catalogue is being read. */
        NAMES,
        /** Everything that is under way has to be answered first. */
        QUIET,
        /** A person has to decide. */
        HOLD,
        /** The target has to say whether it reads a COPY. */
        COPY,
        /** The judged segment's evidence is not yet where it has to be. */
        EVIDENCE,
        /** A cancel request has not been delivered yet, and must not hit a later command. */
        CANCEL,
        /** Nothing more is taken. */
        ENDED
    }

    private final Runnable goOn;
    private Waiting waiting = Waiting.NOTHING;

    /** @param goOn takes up what lies waiting, from where it was left */
    Turn(Runnable goOn) {
        this.goOn = goOn;
    }

    /** Whether the next message may be looked at. */
    boolean isFree() {
        return waiting == Waiting.NOTHING;
    }

    boolean isWaitingFor(Waiting reason) {
        return waiting == reason;
    }

    void waitFor(Waiting reason) {
        waiting = reason;
    }

    /** What was waited for has come; where it is something else that is waited for, this changes nothing. */
    void resume(Waiting reason) {
        if (waiting == reason) {
            waiting = Waiting.NOTHING;
            goOn.run();
        }
    }
}
