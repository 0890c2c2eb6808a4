package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventCodecTest {

    static Stream<AuditEvent> events() {
        return SampleEvents.all().stream();
    }

    @ParameterizedTest
    @MethodSource("events")
    void reads_back_what_it_wrote(AuditEvent event) {
        assertThat(through(event)).usingRecursiveComparison().isEqualTo(event);
    }

    @Test
    void the_samples_hold_every_kind_of_event() {
        assertThat(SampleEvents.all().stream().map(EventType::of).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(EventType.values());
    }

    @ParameterizedTest
    @MethodSource("events")
    void refuses_a_payload_that_is_cut_short(AuditEvent event) {
        Frame frame = Frame.of(event);
        for (int length = frame.length() - 1; length >= Frame.HEADER_BYTES; length--) {
            int cut = length - Frame.HEADER_BYTES;
            assertThatThrownBy(
                            () -> EventCodec.decode(EventType.of(event).code(), frame.bytes(), Frame.HEADER_BYTES, cut))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("events")
    void reads_or_refuses_any_damaged_payload(AuditEvent event) {
        Frame frame = Frame.of(event);
        Random random = new Random(42);
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = frame.bytes().clone();
            for (int change = 0; change <= random.nextInt(4); change++) {
                int at = Frame.HEADER_BYTES + random.nextInt(frame.length() - Frame.HEADER_BYTES);
                damaged[at] = (byte) random.nextInt();
            }
            try {
                EventCodec.decode(
                        EventType.of(event).code(), damaged, Frame.HEADER_BYTES, frame.length() - Frame.HEADER_BYTES);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void refuses_a_type_that_it_does_not_know() {
        Frame frame = Frame.of(SampleEvents.all().getFirst());
        assertThatThrownBy(() -> EventCodec.decode(99, frame.bytes(), Frame.HEADER_BYTES, frame.length() - 18))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("record type: 99")
                .hasMessageContaining("newer version");
    }

    @Test
    void takes_an_expiry_beyond_all_bounds() {
        AuditEvent.SessionOpened opened = (AuditEvent.SessionOpened) through(new AuditEvent.SessionOpened(
                SampleEvents.AT,
                "s",
                "p",
                "r",
                "t",
                "i",
                "s",
                Optional.empty(),
                List.of(),
                List.of(),
                "",
                "",
                1,
                Instant.MAX));
        assertThat(opened.expiresAt()).isAfter(Instant.parse("+200000-01-01T00:00:00Z"));
    }

    @Test
    void takes_a_text_that_is_not_well_formed() {
        AuditEvent.GatewayStopped stopped =
                (AuditEvent.GatewayStopped) through(new AuditEvent.GatewayStopped(SampleEvents.AT, "a\ud800b"));
        assertThat(stopped.reason()).startsWith("a").endsWith("b");
    }

    private static AuditEvent through(AuditEvent event) {
        Frame frame = Frame.of(event);
        return EventCodec.decode(
                EventType.of(event).code(), frame.bytes(), Frame.HEADER_BYTES, frame.length() - Frame.HEADER_BYTES);
    }
}
