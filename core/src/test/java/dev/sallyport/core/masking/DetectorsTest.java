package dev.sallyport.core.masking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.target.Secret;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In the tables, what is found stands in curly brackets «like this»; the brackets are taken out before the text is read. */
class DetectorsTest {
    private static final Masker MASKER = new Masker(Secret.of("0123456789abcdef"));

    private static Detectors only(Detector detector) {
        return new Detectors(Map.of(detector, new Mask.Redact()), MASKER);
    }

    private static Detectors all() {
        Map<Detector, Mask> masks = new EnumMap<>(Detector.class);
        for (Detector detector : Detector.values()) {
            masks.put(detector, new Mask.Redact());
        }
        return new Detectors(masks, MASKER);
    }

    private static void check(Detector detector, String marked) {
        String text = marked.replace("«", "").replace("»", "");
        String expected = marked.replaceAll("(?s)«.*?»", "[redacted]");
        assertThat(only(detector).mask(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "«jane@example.com»",
                "mail «jane.doe+tag@mail.example.co.uk», or call",
                "<«jane@example.com»>",
                "(«jane@example.com»)",
                "'«jane@example.com»'",
                "\"e\":\"«jane@example.com»\"",
                "mailto:«jane@example.com»?subject=x",
                "email=«jane@example.com»&x=1",
                "«o'brien@example.ie».",
                "«jane_doe%x@example.com»",
                "«jäger@müller.de»",
                "“«jane@example.com»”",
                "«用户@例子.公司»",
                "«jane@xn--mller-kva.xn--p1ai»",
                "«a@b.co» «c@d.org»",
                "a@«b@c.org»",
                "«jane@example.com».123",
                "«jane@example.com»_x",
                "...«jane@example.com»",
                "«JANE@EXAMPLE.COM»",
                "jane@localhost",
                "@example.com",
                "jane@",
                "jane@example.c",
                "jane@1.2.3.4",
                "a @ b.com",
                "lodash@4.17.21",
                "***@example.com",
                "no at all",
                "@",
                "@.",
            })
    void finds_email(String marked) {
        check(Detector.EMAIL, marked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "«4111111111111111»",
                "«4111 1111 1111 1111»",
                "«4111-1111-1111-1111»",
                "«4012888888881881»,",
                "«4222222222222»",
                "«378282246310005»",
                "«3782 822463 10005»",
                "«6011111111111117»",
                "«30569309025904»",
                "«3530111333300000»",
                "«5555555555554444»",
                "«2223003122003222»",
                "«6205500000000000004»",
                "«6759649826438453»",
                "card:«4111111111111111».",
                "card«4111111111111111»x",
                "card_«4111111111111111»_",
                "é«4111111111111111»é",
                "«4111111111111111».00",
                "{\"n\":«4111111111111111»}",
                "«4111111111111111» «5555555555554444»",
                "12 «4111 1111 1111 1111» 13",
                "exp 2027-«4111111111111111»",
                "4111111111111112",
                "4111 1111 1111 1112",
                "41111111111111111",
                "14111111111111111",
                "1234567812345670",
                "0.4111111111111111",
                "4111  1111  1111  1111",
                "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
                "411111111111",
                "1700000000000000",
                "00000000-4111-1111-1111-111111111111",
                "d4111111111111111e0b1c2d3e4f5a6b",
            })
    void finds_credit_card(String marked) {
        check(Detector.CREDIT_CARD, marked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "«078-05-1120»",
                "SSN «123-45-6789».",
                "«123 45 6789»",
                "ssn: «123456789»",
                "{\"ssn\":\"«123456789»\"}",
                "Social Security No. «123456789»",
                "(«899-12-3456»)",
                "x«123-45-6789»x",
                "000-12-3456",
                "666-12-3456",
                "900-12-3456",
                "123-00-6789",
                "123-45-0000",
                "123-45 6789",
                "1123-45-6789",
                "123-45-67890",
                "123456789",
                "order 123456789",
                "ssn 1 of 123456789",
                "2024-10-2025",
                "123-456-789",
            })
    void finds_ssn(String marked) {
        check(Detector.SSN, marked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "«+15551234567»",
                "«+1 (555) 123-4567»",
                "«+44 20 7946 0958»",
                "tel:«+49-30-123456»",
                "«+49 (0)30 123456»",
                "«+49 (0) 30/123456»",
                "«0049 30 123456»",
                "«+33 1 23 45 67 89»",
                "«(555) 123-4567»",
                "«(555)123-4567»",
                "«555-123-4567»",
                "«555.123.4567»",
                "«1-555-123-4567»",
                "«555 123 4567»",
                "call «555-123-4567»x89",
                "«020 7946 0958»",
                "«(020) 7946 0958»",
                "«01 23 45 67 89»",
                "«0171/1234567»",
                "«0171-1234567»",
                "'«+15551234567»',",
                "5551234567",
                "15551234567",
                "07700900123",
                "2024-01-31",
                "01.02.2024 12:30",
                "01/02/2024",
                "2024-01-31 12:30:00+02",
                "2024-01-31 12:30:00+1030",
                "12:30:00.123456",
                "+1234",
                "1e+15551234",
                "123-45-6789",
                "192.168.100.100",
                "1-2-3-4-5-6-7-8",
                "100 200 3000",
                "1,234,567,890",
                "12555-123-4567",
                "555-123-4567-89",
                "550e8400-e29b-41d4-a716-446655440000",
            })
    void finds_phone(String marked) {
        check(Detector.PHONE, marked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "«DE89370400440532013000»",
                "«DE89 3704 0044 0532 0130 00»",
                "«GB82 WEST 1234 5698 7654 32»",
                "«gb82west12345698765432»",
                "«NO9386011117947»",
                "«MT84MALT011000012345MTLCAST001S»",
                "«FR14-2004-1010-0505-0001-3M02-606»",
                "IBAN:«DE89370400440532013000»;",
                "to «DE89370400440532013000» please",
                "to «DE89 3704 0044 0532 0130 00» please",
                "DE89370400440532013001",
                "DE8937040044053201300",
                "DE893704004405320130000",
                "XDE89370400440532013000",
                "ZZ89370400440532013000",
                "DEAB370400440532013000",
            })
    void finds_iban(String marked) {
        check(Detector.IBAN, marked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "«10.0.0.1»",
                "«255.255.255.255»:8080",
                "from «192.168.1.20».",
                "«10.0.0.1»/32",
                "«2001:db8::1»",
                "[«2001:db8::1»]:443",
                "«fe80::1»%eth0",
                "«2001:0db8:0000:0000:0000:ff00:0042:8329»",
                "«::1»",
                "«::ffff:10.0.0.1»",
                "«1:2:3:4:5:6:7::»",
                "«2001:DB8::A»: it said",
                "host: «fe80::1».",
                "256.1.1.1",
                "1.2.3",
                "1.2.3.4.5",
                "v1.2.3.4",
                "12:30:45",
                "2024-01-31 12:30:45.123",
                "08:00:2b:01:02:03",
                "::",
                "a::b",
                "'5'::bad",
                "x::date",
                "std::string",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                ":.:",
                ":::",
                "12345::1",
            })
    void finds_ip_address(String marked) {
        check(Detector.IP_ADDRESS, marked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln»",
                "Bearer «eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln».",
                "«eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.»",
                "«eyJhbGciOiJkaXIifQ..aXY.Y3Q.dGFn»",
                "x«eyJhbGciOiJIUzI1NiJ9.e30.c2ln»,",
                "eyJa.«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln»",
                "eyJhbGciOiJIUzI1NiJ9",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0",
                "eyJ.a.b",
                "eyJeyJeyJeyJeyJ",
            })
    void finds_jwt(String marked) {
        check(Detector.JWT, marked);
    }

    @ParameterizedTest
    @CsvSource({
        "AKIA, IOSFODNN7EXAMPLE",
        "ASIA, IOSFODNN7EXAMPLE",
        "ghp_, abcdefghijklmnopqrstuvwxyz0123456789",
        "gho_, abcdefghijklmnopqrstuvwxyz0123456789",
        "ghu_, abcdefghijklmnopqrstuvwxyz0123456789",
        "ghs_, abcdefghijklmnopqrstuvwxyz0123456789",
        "ghr_, abcdefghijklmnopqrstuvwxyz0123456789",
        "github_pat_, 11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz",
        "glpat-, abcdefghij-klmnopqrst",
        "xoxb-, 123456789012-abcdefghijkl",
        "xoxp-, 123456789012-abcdefghijkl",
        "sk_live_, 4eC39HqLyjWDarjtT1zdp7dc",
        "rk_live_, 4eC39HqLyjWDarjtT1zdp7dc",
        "sk_test_, 4eC39HqLyjWDarjtT1zdp7dc",
        "AIza, SyA1234567890abcdefghijklmnopqrstuv",
        "sk-, abcdefghijklmnopqrstuvwxyz012345",
        "sk-proj-, abcdefghijklmnop_qrstuvwxyz-12",
        "sk-ant-, api03-abcdefghijklmnopqrstuvwxyz",
        "npm_, abcdefghijklmnopqrstuvwxyz0123456789",
        "pypi-, AgEIcHlwaS5vcmcCJDAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm",
        "SG., abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "SK, 0123456789abcdef0123456789abcdef",
        "AccountKey=, 0123456789abcdefghijklmnopqrstuvwxyz0123456789+/==",
        "hvs., CAESIJabcdefghijklmnopqrstuvwxyz",
    })
    void finds_api_key(String prefix, String tail) {
        check(Detector.API_KEY, "«" + prefix + tail + "»");
        check(Detector.API_KEY, "key: '«" + prefix + tail + "»';");
        check(Detector.API_KEY, "{\"k\":\"«" + prefix + tail + "»\"}");
        check(Detector.API_KEY, prefix + tail.substring(0, 9));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a«AKIAIOSFODNN7EXAMPLE»",
                "my_«ghp_abcdefghijklmnopqrstuvwxyz0123456789»",
                "AKIAIOSFODNN7EXAMPLEX",
                "akiaiosfodnn7example",
                "task-force-of-the-year-2024-and-beyond",
                "sk-a-name-of-words-and-nothing-else",
                "SKU 0123456789abcdef0123456789abcdef",
                "SK0123456789abcdef0123456789abcdef0",
                "ghp_short",
            })
    void finds_api_key_within_words_as_far_as_it_is_telling(String marked) {
        check(Detector.API_KEY, marked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "«-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----»\n",
                "a «-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----» b",
                "«-----BEGIN EC PRIVATE KEY-----\\nMIIE\\n-----END EC PRIVATE KEY-----»\\n",
                "«-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----»",
                "«-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n-----END ENCRYPTED PRIVATE KEY-----»",
                "«-----BEGIN PGP PRIVATE KEY BLOCK-----\nx\n-----END PGP PRIVATE KEY BLOCK-----»",
                "«---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nx\n---- END SSH2 ENCRYPTED PRIVATE KEY ----»",
                "x«-----BEGIN PRIVATE KEY-----\nMIIE, and cut off»",
                "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
                "-----BEGIN PUBLIC KEY-----\nV\n-----END PUBLIC KEY-----",
                "BEGIN PRIVATE KEY",
                "-----BEGIN PRIVATE KEY",
            })
    void finds_private_key(String marked) {
        check(Detector.PRIVATE_KEY, marked);
    }

    @Test
    void gives_back_the_same_instance_where_nothing_matched() {
        String text = "Jane Doe, 12 Main Street, 12:30 on 2024-01-31";

        assertThat(all().mask(text)).isSameAs(text);
    }

    @Test
    void puts_overlapping_matches_under_the_stricter_mask() {
        Detectors detectors = new Detectors(
                Map.of(Detector.EMAIL, new Mask.KeepLast(2), Detector.CREDIT_CARD, new Mask.Redact()), MASKER);

        assertThat(detectors.mask("a 4111111111111111@example.com b")).isEqualTo("a [redacted] b");
        assertThat(detectors.mask("a jane@example.com b")).isEqualTo("a **************om b");
    }

    @Test
    void loses_no_match_to_an_earlier_one_that_overlaps() {
        assertThat(all().mask("078-05-1120 4111 1111 1111 1111 555-123-4567")).doesNotContain("078", "4111", "4567");
        assertThat(all().mask("4111111111111111@10.0.0.1")).isEqualTo("[redacted]@[redacted]");
    }

    @Test
    void looks_at_nothing_outside_of_the_range() {
        byte[] text = "x4111111111111111ssn 123456789".getBytes(StandardCharsets.UTF_8);
        Findings found = new Findings();

        assertThat(only(Detector.CREDIT_CARD).find(text, 1, 17, found)).isTrue();
        assertThat(found.start(0)).isEqualTo(1);
        assertThat(found.end(0)).isEqualTo(17);
        assertThat(only(Detector.CREDIT_CARD).find(text, 2, 17, found)).isFalse();
        assertThat(only(Detector.SSN).find(text, 21, 30, found)).isFalse();
        assertThat(only(Detector.SSN).find(text, 17, 30, found)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Detector.class)
    void finds_at_every_place_of_a_text(Detector detector) {
        String value = sample(detector);
        for (String before : new String[] {"", " ", "\t", "\"", "x, ", "é ", "€", "(", "\n"}) {
            for (String after : new String[] {"", " ", "\n", "\"", ", x", ")", " é", ";"}) {
                assertThat(only(detector).mask(before + value + after))
                        .as("%s between %s and %s", value, before, after)
                        .isEqualTo(before + "[redacted]" + after);
            }
        }
    }

    static String sample(Detector detector) {
        return switch (detector) {
            case EMAIL -> "jane@example.com";
            case CREDIT_CARD -> "4111 1111 1111 1111";
            case SSN -> "123-45-6789";
            case PHONE -> "+1 555-123-4567";
            case IBAN -> "DE89370400440532013000";
            case IP_ADDRESS -> "10.20.30.40";
            case JWT -> "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";
            case API_KEY -> "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
            case PRIVATE_KEY -> "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----";
        };
    }

    @Test
    void survives_any_bytes_and_leaves_nothing_to_find_behind() {
        Random random = new Random(20261123);
        Detectors detectors = all();
        Findings found = new Findings();
        for (int round = 0; round < 60_000; round++) {
            byte[] text = randomText(random);
            if (!detectors.find(text, 0, text.length, found)) {
                continue;
            }
            byte[] masked = detectors.masked(text, 0, text.length, found);
            assertThat(detectors.find(masked, 0, masked.length, found))
                    .as("left in %s", new String(masked, StandardCharsets.UTF_8))
                    .isFalse();
        }
    }

    private static byte[] randomText(Random random) {
        String[] pieces = Stream.concat(
                        Stream.of(Detector.values()).map(DetectorsTest::sample),
                        Stream.of(
                                "@",
                                ".",
                                "-",
                                " ",
                                "+",
                                ":",
                                "::",
                                "4111",
                                "eyJ",
                                "sk-",
                                "0",
                                "(",
                                ")",
                                "-----BEGIN ",
                                "PRIVATE KEY",
                                "-----",
                                "END ",
                                "é",
                                "€",
                                "\uD83D\uDE00",
                                "SK",
                                "a",
                                "com",
                                "12",
                                "ssn",
                                "DE89",
                                "\\n",
                                "\""))
                .toArray(String[]::new);
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            String piece = pieces[random.nextInt(pieces.length)];
            text.append(random.nextInt(4) == 0 ? piece.substring(random.nextInt(piece.length())) : piece);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(3); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    @Test
    void takes_time_that_grows_with_the_length_alone() {
        Detectors detectors = all();
        for (String unit : new String[] {
            "@",
            "a@",
            "a.",
            "1",
            "1 ",
            "12-",
            "4111 ",
            "eyJ",
            "eyJa.",
            "sk-",
            "sk-a",
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN ",
            "-",
            ":",
            "1:",
            "::",
            "1.",
            "+1 ",
            "0",
            "(",
            "DE89",
            "DE89 ",
            "a1",
            "xoxb-",
            "\u00e9@",
            "4111111111111111"
        }) {
            byte[] text = unit.repeat(1_000_000 / unit.length()).getBytes(StandardCharsets.UTF_8);
            long start = System.nanoTime();
            detectors.find(text, 0, text.length, new Findings());
            // A million bytes take some ten milliseconds; what grew with the square would take minutes.
            assertThat(System.nanoTime() - start).as("nanoseconds for %s", unit).isLessThan(3_000_000_000L);
        }
    }

    @Test
    void names_all_detectors_as_policies_write_them() {
        assertThat(Stream.of(Detector.values()).map(Detector::label).collect(Collectors.joining(" ")))
                .isEqualTo("email credit-card ssn phone iban ip-address jwt api-key private-key");
    }
}
