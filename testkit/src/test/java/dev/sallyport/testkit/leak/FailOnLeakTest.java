package dev.sallyport.testkit.leak;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class FailOnLeakTest {
    @Test
    void a_buffer_that_nobody_releases_is_found() throws Exception {
        PooledByteBufAllocator.DEFAULT.directBuffer(16);

        assertThat(FailOnLeak.LEAKS.collect()).singleElement().asString().contains("a_buffer_that_nobody_releases");
        assertThat(FailOnLeak.LEAKS.collect()).isEmpty();
    }

    @Test
    void a_buffer_that_is_released_or_still_held_is_not() throws Exception {
        PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
        var held = PooledByteBufAllocator.DEFAULT.directBuffer(16);

        assertThat(FailOnLeak.LEAKS.collect()).isEmpty();
        held.release();
    }
}
