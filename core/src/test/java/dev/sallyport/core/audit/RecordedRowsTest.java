package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent.Answered;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedRowsTest {

    @ParameterizedTest
    @CsvSource({
        "no rows, '', 0",
        "no rows kept of some, '', 5",
        "one row of nothing, 00000000, 1",
        "a value and a NULL, 00000002 00000001 61 ffffffff, 1",
        "an empty value, 00000001 00000000, 1",
        "more than were kept, 00000001 00000001 61, 7",
        "kept though none was counted, 00000001 00000001 61, 0",
        "a length of -2, 00000001 fffffffe, 1",
        "a value beyond the end, 00000001 00000002 61, 1",
        "a field that is missing, 00000002 00000001 61, 1",
        "more fields than there are, 7fffffff, 0",
        "a good row and a torn one, 00000001 00000001 61 0000, 2",
    })
    void keeps_rows_and_their_count_as_they_were(String what, String hex, long count) {
        Answered answered = answered(HexFormat.of().parseHex(hex.replace(" ", "")), count);
        byte[] stored = StoredForm.of(answered).whole().toByteArray();
        Answered read = (Answered) EventCodec.event(EventType.ANSWERED, EventCodec.fields(stored));
        assertThat(read.rows()).as(what).isEqualTo(answered.rows());
        assertThat(read.rowCount()).as(what).isEqualTo(count);
    }

    @Test
    void small_rows_take_little_more_than_their_values() {
        ByteBuffer rows = ByteBuffer.allocate(100 * 13);
        for (int i = 0; i < 100; i++) {
            rows.putInt(1).putInt(5).put("%05d".formatted(i).getBytes(StandardCharsets.US_ASCII));
        }
        int empty = StoredForm.of(answered(new byte[0], 0)).whole().length();
        int full = StoredForm.of(answered(rows.array(), 100)).whole().length();
        assertThat(full - empty).isBetween(100 * 7, 100 * 7 + 4);
    }

    private static Answered answered(byte[] rows, long count) {
        return new Answered(
                Instant.EPOCH, "", 1, 0, List.of(), rows, count, 0, false, "", false, "SELECT", List.of(), 0, 0, 0);
    }
}
