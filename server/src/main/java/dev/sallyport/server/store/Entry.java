package dev.sallyport.server.store;

/**
 * What the index has of one command, or of one refused connection.
 *
 * @param record the index of its record in the log
 * @param at when, in microseconds since 1970
 * @param opened the index of a record that tells how its session was opened, -1 where none is known
 * @param terms what it can be found by, hashed
 */
@SuppressWarnings("ArrayRecordComponent") // handed over whole, once; compared by nobody
record Entry(long record, long at, long opened, long[] terms) {
    /** So many terms one has at most. */
    static final int MOST_TERMS = 1024;
}
