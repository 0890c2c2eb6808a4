package dev.sallyport.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PostingsTest {
    @Test
    void come_back_as_they_were_however_many_there_are_and_wherever_they_lie() {
        Random random = new Random(7);
        for (int round = 0; round < 2000; round++) {
            int count = 1 + random.nextInt(1 << (1 + random.nextInt(16)));
            int share = 1 + random.nextInt(100);
            boolean runs = random.nextBoolean();
            BitSet positions = new BitSet();
            for (int i = 0; i < count; i += runs ? 1 + random.nextInt(50) : 1) {
                if (random.nextInt(100) < share) {
                    positions.set(i, Math.min(count, i + (runs ? 1 + random.nextInt(80) : 1)));
                }
            }
            if (positions.isEmpty()) {
                continue;
            }
            byte[] encoded = Postings.encode(positions.stream().toArray());
            assertThat(Postings.decode(encoded, count)).isEqualTo(positions);
            assertThat(encoded.length).isLessThanOrEqualTo(2 + count / 8 + 1);
        }
    }

    @Test
    void what_all_have_takes_a_few_bytes() {
        assertThat(Postings.encode(IntStream.range(0, 65_536).toArray())).hasSizeLessThan(8);
    }

    @Test
    void what_was_not_written_so_is_an_error_and_not_a_loop_or_a_heap_full() {
        Random random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[1 + random.nextInt(12)];
            random.nextBytes(bytes);
            bytes[0] = (byte) random.nextInt(4);
            try {
                assertThat(Postings.decode(bytes, 100).length()).isLessThanOrEqualTo(101);
            } catch (IllegalArgumentException told) {
                assertThat(told.getMessage()).matches("(packed|postings): .*(expected|cut short|64 bits).*");
            }
        }
    }

    @Test
    void numbers_come_back_packed() {
        long[] numbers = {0, 1, 127, 128, 16_384, Long.MAX_VALUE, -1, Long.MIN_VALUE};
        Packed packed = new Packed(1);
        Arrays.stream(numbers).forEach(number -> packed.number(number).difference(number));
        Packed.Reader in = new Packed.Reader(packed.take());
        for (long number : numbers) {
            assertThat(in.number()).isEqualTo(number);
            assertThat(in.difference()).isEqualTo(number);
        }
        assertThat(in.isAtEnd()).isTrue();
        assertThatThrownBy(in::number).hasMessageContaining("cut short");
    }
}
