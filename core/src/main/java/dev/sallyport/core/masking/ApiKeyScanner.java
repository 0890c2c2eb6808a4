package dev.sallyport.core.masking;

import java.util.Arrays;
import java.util.List;

/**
 * Keys and tokens of vendors who begin them with a prefix of their own, each with the characters that follow it and how
 * many of them there are at least, as the vendors' documentation and the public lists for secret scanning give them.
 */
final class ApiKeyScanner implements Scanner {
    private static final int LEAST_BYTES = 16;
    /** How far one start looks for what its kind demands; longer keys are taken whole once they are recognised. */
    private static final int LOOK_AHEAD = 96;

    /** The characters of a key behind its prefix. */
    private enum Tail {
        UPPER_OR_DIGIT,
        HEX,
        ALPHANUMERIC,
        /** Letters, digits and underscores. */
        WORD,
        BASE64_URL,
        /** Base64url and dots, for keys of several parts. */
        PARTS,
        BASE64;

        boolean has(byte c) {
            return switch (this) {
                case UPPER_OR_DIGIT -> Ascii.isUpper(c) || Ascii.isDigit(c);
                case HEX -> Ascii.isHex(c);
                case ALPHANUMERIC -> Ascii.isAlphanumeric(c);
                case WORD -> Ascii.isAlphanumeric(c) || c == '_';
                case BASE64_URL -> Ascii.isBase64Url(c);
                case PARTS -> Ascii.isBase64Url(c) || c == '.';
                case BASE64 -> Ascii.isAlphanumeric(c) || c == '+' || c == '/' || c == '=';
            };
        }
    }

    /**
     * One kind of key.
     *
     * @param least the fewest characters behind the prefix
     * @param most the most of them, after which no letter or digit may follow; 0 for no limit
     * @param strict for a prefix that words could hold: it has to start a word, and a digit has to follow
     */
    private record Kind(String prefix, Tail tail, int least, int most, boolean strict) {}

    private static final Kind[] KINDS = {
        exactly("AKIA", Tail.UPPER_OR_DIGIT, 16), // AWS, access key
        exactly("ASIA", Tail.UPPER_OR_DIGIT, 16), // AWS, temporary access key
        exactly("ABIA", Tail.UPPER_OR_DIGIT, 16), // AWS, bearer token
        exactly("ACCA", Tail.UPPER_OR_DIGIT, 16), // AWS, context-specific credential
        from("ghp_", Tail.WORD, 36), // GitHub
        from("gho_", Tail.WORD, 36),
        from("ghu_", Tail.WORD, 36),
        from("ghs_", Tail.PARTS, 36),
        from("ghr_", Tail.WORD, 36),
        from("github_pat_", Tail.WORD, 22),
        from("glpat-", Tail.PARTS, 20), // GitLab
        from("gldt-", Tail.PARTS, 20),
        from("glrt-", Tail.PARTS, 20),
        from("glptt-", Tail.PARTS, 20),
        from("glcbt-", Tail.PARTS, 20),
        from("glsoat-", Tail.PARTS, 20),
        from("gloas-", Tail.PARTS, 20),
        from("xoxa-", Tail.BASE64_URL, 10), // Slack
        from("xoxb-", Tail.BASE64_URL, 10),
        from("xoxc-", Tail.BASE64_URL, 10),
        from("xoxd-", Tail.BASE64_URL, 10),
        from("xoxe-", Tail.BASE64_URL, 10),
        from("xoxe.xox", Tail.BASE64_URL, 10),
        from("xoxo-", Tail.BASE64_URL, 10),
        from("xoxp-", Tail.BASE64_URL, 10),
        from("xoxr-", Tail.BASE64_URL, 10),
        from("xoxs-", Tail.BASE64_URL, 10),
        from("xapp-", Tail.BASE64_URL, 10),
        from("sk_live_", Tail.WORD, 10), // Stripe
        from("sk_test_", Tail.WORD, 10),
        from("rk_live_", Tail.WORD, 10),
        from("rk_test_", Tail.WORD, 10),
        from("whsec_", Tail.BASE64, 24),
        from("AIza", Tail.BASE64_URL, 35), // Google
        from("GOCSPX-", Tail.BASE64_URL, 20),
        from("ya29.", Tail.PARTS, 20),
        from("sk-ant-", Tail.BASE64_URL, 20), // Anthropic
        from("sk-proj-", Tail.BASE64_URL, 20), // OpenAI
        strict("sk-", Tail.BASE64_URL, 20),
        from("npm_", Tail.ALPHANUMERIC, 36), // npm
        from("pypi-", Tail.BASE64_URL, 50), // PyPI
        from("SG.", Tail.PARTS, 40), // SendGrid
        exactly("SK", Tail.HEX, 32), // Twilio
        from("AccountKey=", Tail.BASE64, 40), // Azure storage
        from("SharedAccessKey=", Tail.BASE64, 40), // Azure service bus, event hubs
        from("SSWS ", Tail.BASE64_URL, 40), // Okta
        from("dop_v1_", Tail.HEX, 40), // DigitalOcean
        from("doo_v1_", Tail.HEX, 40),
        from("dor_v1_", Tail.HEX, 40),
        from("shpat_", Tail.HEX, 32), // Shopify
        from("shpca_", Tail.HEX, 32),
        from("shppa_", Tail.HEX, 32),
        from("shpss_", Tail.HEX, 32),
        from("dapi", Tail.HEX, 32), // Databricks
        from("hvs.", Tail.BASE64_URL, 24), // HashiCorp Vault
        from("hvb.", Tail.BASE64_URL, 24),
        from("hvr.", Tail.BASE64_URL, 24),
        strict("hf_", Tail.ALPHANUMERIC, 30), // Hugging Face
        from("dckr_pat_", Tail.BASE64_URL, 20), // Docker
        from("glsa_", Tail.WORD, 32), // Grafana
        from("NRAK-", Tail.ALPHANUMERIC, 27), // New Relic
        from("lin_api_", Tail.ALPHANUMERIC, 32), // Linear
        from("PMAK-", Tail.BASE64_URL, 40), // Postman
        from("sbp_", Tail.HEX, 40), // Supabase
        from("gsk_", Tail.ALPHANUMERIC, 40), // Groq
        from("xai-", Tail.ALPHANUMERIC, 40), // xAI
        from("AGE-SECRET-KEY-1", Tail.UPPER_OR_DIGIT, 40), // age
    };

    private static final Kind[][] BY_FIRST_BYTE = byFirstByte();

    /** For each first byte of a prefix one bit for each second byte, by its low six bits: most starts end here. */
    private static final long[] SECOND_BYTES = secondBytes();

    private static Kind from(String prefix, Tail tail, int least) {
        return new Kind(prefix, tail, least, 0, false);
    }

    private static Kind exactly(String prefix, Tail tail, int length) {
        return new Kind(prefix, tail, length, length, false);
    }

    private static Kind strict(String prefix, Tail tail, int least) {
        return new Kind(prefix, tail, least, 0, true);
    }

    private static Kind[][] byFirstByte() {
        Kind[][] byFirstByte = new Kind[256][];
        for (int first = 0; first < byFirstByte.length; first++) {
            int wanted = first;
            byFirstByte[first] = Arrays.stream(KINDS)
                    .filter(kind -> kind.prefix.charAt(0) == wanted)
                    .toArray(Kind[]::new);
        }
        return byFirstByte;
    }

    private static long[] secondBytes() {
        long[] seconds = new long[256];
        for (Kind kind : KINDS) {
            seconds[kind.prefix.charAt(0)] |= 1L << kind.prefix.charAt(1);
        }
        return seconds;
    }

    @Override
    public List<Need> needs() {
        return List.of(new Need(Traits.LETTER, 0, LEAST_BYTES));
    }

    @Override
    public void scan(byte[] text, int from, int to, Findings found) {
        // No key is shorter than that, so nothing starts in the last bytes.
        for (int at = from; at <= to - LEAST_BYTES; at++) {
            if ((SECOND_BYTES[text[at] & 0xff] >>> text[at + 1] & 1) == 0) {
                continue;
            }
            for (Kind kind : BY_FIRST_BYTE[text[at] & 0xff]) {
                int end = end(kind, text, at, from, to);
                if (end > 0) {
                    found.add(at, end);
                    // What overlaps the rest of this key is covered already; another kind may reach further.
                    at = end - 1;
                    break;
                }
            }
        }
    }

    /** The end of the key that starts at {@code start}, or 0. */
    private static int end(Kind kind, byte[] text, int start, int from, int to) {
        if (!Ascii.startsWith(text, start, to, kind.prefix)
                || (kind.strict && start > from && Ascii.isAlphanumeric(text[start - 1]))) {
            return 0;
        }
        int tail = start + kind.prefix.length();
        int end = endOfTail(kind.tail, text, tail, Math.min(to, tail + LOOK_AHEAD));
        if (end - tail < kind.least || (kind.strict && !hasDigit(text, tail, end))) {
            return 0;
        }
        if (kind.most > 0) {
            int last = tail + kind.most;
            return last == to || !Ascii.isAlphanumeric(text[last]) ? last : 0;
        }
        return endOfTail(kind.tail, text, end, to);
    }

    private static int endOfTail(Tail tail, byte[] text, int from, int to) {
        int end = from;
        while (end < to && tail.has(text[end])) {
            end++;
        }
        return end;
    }

    private static boolean hasDigit(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (Ascii.isDigit(text[i])) {
                return true;
            }
        }
        return false;
    }
}
