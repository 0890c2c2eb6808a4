package dev.sallyport.protocols.postgres.target;

/** Carries a {@link TargetFailure} through a future. */
public final class TargetException extends Exception {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // Never serialized; the failure is a record of strings.
    private final TargetFailure failure;

    TargetException(TargetFailure failure) {
        super(failure.code() + ": " + failure.detail());
        this.failure = failure;
    }

    TargetException(TargetFailure failure, Throwable cause) {
        super(failure.code() + ": " + failure.detail(), cause);
        this.failure = failure;
    }

    public TargetFailure failure() {
        return failure;
    }
}
