package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
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
        byte[] payload = encoded(event);
        for (int length = payload.length - 1; length >= 0; length--) {
            byte[] cut = Arrays.copyOf(payload, length);
            assertThatThrownBy(() -> decoded(event, cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("events")
    void reads_or_refuses_any_damaged_payload(AuditEvent event) {
        byte[] payload = encoded(event);
        Random random = new Random(42);
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = payload.clone();
            for (int change = 0; change <= random.nextInt(4); change++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                decoded(event, damaged);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void refuses_a_type_that_it_does_not_know() {
        assertThatThrownBy(() -> EventType.ofCode(99))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("record type: 99")
                .hasMessageContaining("newer version");
    }

    @Test
    void no_two_keys_have_a_number_or_a_name_in_common() {
        assertThat(Stream.of(Key.values()).map(Key::code)).doesNotHaveDuplicates();
        assertThat(Stream.of(Key.values()).map(Key::label)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("events")
    void an_event_is_the_same_with_its_shape_apart(AuditEvent event) {
        StoredForm form = StoredForm.of(event);
        EventFields own = EventCodec.fields(form.ownMap().toByteArray());
        EventFields shape = EventCodec.fields(form.shapeMap().toByteArray());

        assertThat(EventCodec.event(EventType.of(event), session(event, own.and(shape))))
                .usingRecursiveComparison()
                .isEqualTo(event);
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
        return decoded(event, encoded(event));
    }

    private static byte[] encoded(AuditEvent event) {
        return StoredForm.of(event).whole().toByteArray();
    }

    private static AuditEvent decoded(AuditEvent event, byte[] payload) {
        return EventCodec.event(EventType.of(event), session(event, EventCodec.fields(payload)));
    }

    /** The session is not in the payload: a record belongs to the session whose key opens it. */
    private static EventFields session(AuditEvent event, EventFields fields) {
        return Recording.sessionOf(event)
                .map(session -> fields.with(Key.SESSION, session))
                .orElse(fields);
    }
}
