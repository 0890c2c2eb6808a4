package dev.sallyport.core.audit;

import dev.sallyport.core.audit.seal.KeyEncryptionKey;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is written between two changes of segment: which numbers keys have there. After a failure a new segment goes on
 * with the generation of the one that failed.
 */
final class Generation {
    private final String log;
    private final KeyEncryptionKey wrapper;
    private final AtomicInteger keys;

    /** @param firstKey the first number that no key has yet */
    Generation(String log, KeyEncryptionKey wrapper, int firstKey) {
        this.log = log;
        this.wrapper = wrapper;
        this.keys = new AtomicInteger(firstKey);
    }

    /** The log's id, in hex. */
    String log() {
        return log;
    }

    KeyEncryptionKey wrapper() {
        return wrapper;
    }

    int nextKey() {
        return keys.getAndIncrement();
    }

    /** What follows it: keys are numbered from 0 again. */
    Generation next() {
        return new Generation(log, wrapper, 0);
    }
}
