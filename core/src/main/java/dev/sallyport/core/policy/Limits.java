package dev.sallyport.core.policy;

/**
 * What one identity may use up on one target. {@link Long#MAX_VALUE} and {@link Integer#MAX_VALUE} stand for no limit.
 *
 * @param rows the rows of one command's answer
 * @param bytes the bytes of one command's answer
 * @param commandsPerSecond the commands of all its sessions together
 * @param sessions the sessions open at once
 */
public record Limits(long rows, long bytes, int commandsPerSecond, int sessions) {
    /** No limit at all. */
    public static final Limits NONE = new Limits(Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    /** The smaller of each. */
    public Limits and(Limits other) {
        return new Limits(
                Math.min(rows, other.rows),
                Math.min(bytes, other.bytes),
                Math.min(commandsPerSecond, other.commandsPerSecond),
                Math.min(sessions, other.sessions));
    }
}
