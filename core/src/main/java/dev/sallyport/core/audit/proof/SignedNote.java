package dev.sallyport.core.audit.proof;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A text and signatures under it (<a href="https://c2sp.org/signed-note">C2SP signed-note</a>): the text, an empty line,
 * and a line for each signature with the key's name, its id and the signature itself in base64. What it says is worth
 * nothing before {@link VerifierKeys} have found a signature in it that is right.
 */
final class SignedNote {
    private static final int MAX_BYTES = 64 << 10;
    private static final int ID_BYTES = 4;
    private static final String DASH = "\u2014 ";

    private final String text;
    private final List<NamedSignature> signatures;

    private SignedNote(String text, List<NamedSignature> signatures) {
        this.text = text;
        this.signatures = List.copyOf(signatures);
    }

    /** One signature, and which key is said to have made it. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record NamedSignature(String name, int id, byte[] bytes) {
        boolean claims(VerifierKey key) {
            return id == key.id() && name.equals(key.name());
        }
    }

    /** The whole note, signed. */
    static String sign(String text, NoteSigner signer) throws IOException {
        VerifierKey key = signer.verifierKey();
        byte[] signature = signer.sign(text.getBytes(StandardCharsets.UTF_8));
        byte[] id = ByteBuffer.allocate(ID_BYTES).putInt(key.id()).array();
        return text + "\n" + DASH + key.name() + " " + Base64Text.encode(VerifierKey.concat(id, signature)) + "\n";
    }

    /** @throws IllegalArgumentException where it is no such note */
    static SignedNote parse(byte[] utf8) {
        if (utf8.length > MAX_BYTES) {
            throw new IllegalArgumentException("note: larger than " + MAX_BYTES + " bytes");
        }
        String whole = decode(utf8);
        if (whole.chars().anyMatch(letter -> letter < ' ' && letter != '\n')) {
            throw new IllegalArgumentException("note: has control characters in it");
        }
        int split = whole.lastIndexOf("\n\n");
        if (split < 1 || !whole.endsWith("\n")) {
            throw new IllegalArgumentException("note: is not signed, or cut short");
        }
        List<NamedSignature> signatures = new ArrayList<>();
        whole.substring(split + 2).lines().forEach(line -> signatures.add(signature(line)));
        return new SignedNote(whole.substring(0, split + 1), signatures);
    }

    private static String decode(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw new IllegalArgumentException("note: is not UTF-8", notText);
        }
    }

    private static NamedSignature signature(String line) {
        int space = line.lastIndexOf(' ');
        if (!line.startsWith(DASH) || space <= DASH.length()) {
            throw new IllegalArgumentException("note: a signature line is not of the form '\u2014 name signature'");
        }
        byte[] bytes = Base64Text.decode(line.substring(space + 1), "note: a signature");
        if (bytes.length <= ID_BYTES) {
            throw new IllegalArgumentException("note: a signature is cut short");
        }
        return new NamedSignature(
                VerifierKey.requireName(line.substring(DASH.length(), space)),
                ByteBuffer.wrap(bytes).getInt(),
                Arrays.copyOfRange(bytes, ID_BYTES, bytes.length));
    }

    String text() {
        return text;
    }

    List<NamedSignature> signatures() {
        return signatures;
    }
}
