package dev.sallyport.protocols.postgres.canary;

import java.util.List;
import java.util.SplittableRandom;

/** Chance that can be repeated: the same for the same seed and number. */
final class Dice {
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final SplittableRandom random;

    Dice(long seed, long number) {
        random = new SplittableRandom((seed * MIX) ^ (number * 0xD1342543DE82EF95L));
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    long between(long least, long most) {
        return random.nextLong(least, most);
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    String word(String... from) {
        return from[random.nextInt(from.length)];
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
