package dev.sallyport.core.audit.proof;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The public key of a note's signer, of the type Ed25519 (<a href="https://c2sp.org/signed-note">C2SP signed-note</a>).
 * As text, {@code name+id+key}: the key's id in eight hex digits, then the type 1 and the 32 bytes of RFC 8032 in base64.
 */
public final class VerifierKey {
    static final byte ED25519 = 1;
    static final int KEY_BYTES = 32;

    /** SubjectPublicKeyInfo for Ed25519 (RFC 8410) up to the key's bytes. */
    private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final Pattern TEXT = Pattern.compile("([^\\s+]{1,200})\\+([0-9a-f]{8})\\+([A-Za-z0-9+/=]{1,100})");
    private static final Pattern NAME = Pattern.compile("[^\\s\\p{Z}\\p{Cc}+]{1,200}");

    private final String name;
    private final byte[] key;
    private final int id;
    private final PublicKey parsed;

    /**
     * @param name whose key it is: no spaces and no plus
     * @param key 32 bytes as in RFC 8032
     * @throws IllegalArgumentException where either is not so
     */
    public VerifierKey(String name, byte[] key) {
        this.name = requireName(name);
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("public key: " + key.length + " bytes (expected: " + KEY_BYTES + ")");
        }
        this.key = key.clone();
        this.id = id(name, key);
        try {
            this.parsed = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(concat(SPKI, key)));
        } catch (GeneralSecurityException unusable) {
            throw new IllegalArgumentException("public key: is none of Ed25519", unusable);
        }
    }

    /** @throws IllegalArgumentException where the text is not such a key */
    public static VerifierKey parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("public key: is not of the form name+id+key");
        }
        byte[] typed = Base64Text.decode(parts.group(3), "public key: what stands behind the id");
        if (typed.length != KEY_BYTES + 1 || typed[0] != ED25519) {
            throw new IllegalArgumentException("public key: is not of the type Ed25519");
        }
        VerifierKey read = new VerifierKey(parts.group(1), Arrays.copyOfRange(typed, 1, typed.length));
        if (!HexFormat.of().toHexDigits(read.id).equals(parts.group(2))) {
            throw new IllegalArgumentException(
                    "public key: the id " + parts.group(2) + " is that of another key or name");
        }
        return read;
    }

    static String requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "key name: '" + name + "' (expected: no spaces, no +, at most 200 letters)");
        }
        return name;
    }

    public String name() {
        return name;
    }

    /** The key's id: the first four bytes of SHA-256 over name, line feed, type and key. */
    public int id() {
        return id;
    }

    /** Whether the signature (RFC 8032) is this key's over the text. */
    public boolean verifies(byte[] text, byte[] signature) {
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initVerify(parsed);
            ed25519.update(text);
            return ed25519.verify(signature);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    private static int id(String name, byte[] key) {
        MessageDigest sha256 = MerkleTree.newSha256();
        sha256.update(name.getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) '\n');
        sha256.update(ED25519);
        return ByteBuffer.wrap(sha256.digest(key)).getInt();
    }

    static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey that && name.equals(that.name) && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return id;
    }

    /** The key as text. */
    @Override
    public String toString() {
        return name + "+" + HexFormat.of().toHexDigits(id) + "+" + Base64Text.encode(concat(new byte[] {ED25519}, key));
    }
}
