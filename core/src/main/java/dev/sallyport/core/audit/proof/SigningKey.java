package dev.sallyport.core.audit.proof;

import dev.sallyport.core.target.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An Ed25519 key that this process holds itself. As text, {@code PRIVATE+KEY+name+id+key}: the key is the type 1 and the
 * seed of 32 bytes (RFC 8032, section 5.1.5) in base64, which is how Go's sumdb tools write keys of signed notes.
 */
public final class SigningKey implements NoteSigner {
    private static final int SEED_BYTES = 32;
    private static final Pattern TEXT =
            Pattern.compile("PRIVATE\\+KEY\\+([^\\s+]{1,200})\\+([0-9a-f]{8})\\+([A-Za-z0-9+/=]{44})");

    private final PrivateKey key;
    private final VerifierKey verifierKey;

    private SigningKey(PrivateKey key, VerifierKey verifierKey) {
        this.key = key;
        this.verifierKey = verifierKey;
    }

    /** A new one, as text. */
    public static Secret generate(String name, SecureRandom random) {
        byte[] seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        try {
            int id = of(name, seed).verifierKey.id();
            byte[] typed = VerifierKey.concat(new byte[] {VerifierKey.ED25519}, seed);
            return Secret.of(
                    "PRIVATE+KEY+" + name + "+" + HexFormat.of().toHexDigits(id) + "+" + Base64Text.encode(typed));
        } finally {
            Arrays.fill(seed, (byte) 0);
        }
    }

    /** @throws IllegalArgumentException where it is no such key; the text is not in the message */
    public static SigningKey parse(Secret text) {
        Matcher parts = TEXT.matcher(
                text.lend(utf8 -> new String(utf8, StandardCharsets.UTF_8)).strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "signing key: is not of the form PRIVATE+KEY+name+id+key (make one with: sallyport audit keygen)");
        }
        byte[] typed = Base64Text.decode(parts.group(3), "signing key: what stands behind the id");
        try {
            if (typed[0] != VerifierKey.ED25519) {
                throw new IllegalArgumentException("signing key: is not of the type Ed25519");
            }
            SigningKey read = of(parts.group(1), Arrays.copyOfRange(typed, 1, typed.length));
            if (!HexFormat.of().toHexDigits(read.verifierKey.id()).equals(parts.group(2))) {
                throw new IllegalArgumentException("signing key: the id is that of another key or name");
            }
            return read;
        } finally {
            Arrays.fill(typed, (byte) 0);
        }
    }

    /**
     * Java makes the public half only together with the private one, so the pair is generated anew from the seed: for
     * Ed25519 the random bytes that a generator asks for are the seed, and the id in the key's text would tell if a
     * platform did it otherwise.
     */
    private static SigningKey of(String name, byte[] seed) {
        VerifierKey.requireName(name);
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(255, new Seed(seed));
            KeyPair pair = generator.generateKeyPair();
            byte[] spki = pair.getPublic().getEncoded();
            byte[] raw = Arrays.copyOfRange(spki, spki.length - VerifierKey.KEY_BYTES, spki.length);
            return new SigningKey(pair.getPrivate(), new VerifierKey(name, raw));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform since 15 has Ed25519", missing);
        }
    }

    @Override
    public VerifierKey verifierKey() {
        return verifierKey;
    }

    @Override
    public byte[] sign(byte[] text) {
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initSign(key);
            ed25519.update(text);
            return ed25519.sign();
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("a key that was just made does not sign", broken);
        }
    }

    @Override
    public String toString() {
        return "[signing key of " + verifierKey.name() + "]";
    }

    /** A source of randomness that gives the seed. */
    private static final class Seed extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final transient byte[] seed;

        Seed(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != seed.length) {
                throw new IllegalStateException("Ed25519 asks for " + bytes.length + " random bytes");
            }
            System.arraycopy(seed, 0, bytes, 0, seed.length);
        }
    }
}
