package troupe.management;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What the configuration knows of a secret: enough to recognize it, not enough to say it. {@code troupe credential}
 * makes the text for the configuration.
 *
 * <p>A password is what a person can remember, so its hash is slow on purpose. Whoever checks one with every request
 * remembers for a while which were right. A token is random and long: a quick hash of it tells nobody anything.
 */
public sealed interface Credential {
  /** Whether this is the secret. How long it takes does not tell how much of it is right. */
  boolean accepts(String secret);

  /** For the configuration. */
  String encoded();

  /**
   * A password as the configuration has it.
   *
   * @throws IllegalArgumentException if it is not {@code pbkdf2-sha256:ITERATIONS:SALT:HASH}; the message does not
   *     repeat it, since it may be the password itself
   */
  static Credential parsePassword(String encoded) {
    String[] parts = encoded.split(":", -1);
    if (parts.length != 4 || !parts[0].equals(Password.KIND)) {
      throw new IllegalArgumentException("a password is needed in the form " + Password.KIND
          + ":ITERATIONS:SALT:HASH; 'troupe credential' makes it");
    }
    return new Password(iterations(parts[1]), base64("salt", parts[2]), base64("hash", parts[3]));
  }

  /**
   * A token as the configuration has it.
   *
   * @throws IllegalArgumentException if it is not {@code sha256:HASH}; the message does not repeat it
   */
  static Credential parseToken(String encoded) {
    String[] parts = encoded.split(":", -1);
    if (parts.length != 2 || !parts[0].equals(Token.KIND)) {
      throw new IllegalArgumentException(
          "a token is needed in the form " + Token.KIND + ":HASH; 'troupe credential --token' makes it");
    }
    return new Token(base64("hash", parts[1]));
  }

  /**
   * For a new password.
   *
   * @param random for the salt
   * @throws IllegalArgumentException if it is empty
   */
  static Credential ofPassword(String password, SecureRandom random) {
    if (password.isEmpty()) {
      throw new IllegalArgumentException("an empty password keeps nobody out");
    }
    byte[] salt = new byte[Password.SALT];
    random.nextBytes(salt);
    return new Password(Password.ITERATIONS, salt, Password.hash(password, Password.ITERATIONS, salt));
  }

  /** For a token from {@link #newToken}, or one that is at least as hard to guess. */
  static Credential ofToken(String token) {
    return new Token(Token.hash(token));
  }

  /** A token that nobody guesses: 256 random bits, in characters that need no quotes anywhere. */
  static String newToken(SecureRandom random) {
    byte[] bytes = new byte[Token.LENGTH];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static int iterations(String text) {
    int iterations;
    try {
      iterations = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("the iterations of a password's hash are a number");
    }
    if (iterations < Password.FEWEST || iterations > Password.MOST) {
      throw new IllegalArgumentException("a password's hash has " + Password.FEWEST + " to " + Password.MOST
          + " iterations, not " + iterations);
    }
    return iterations;
  }

  private static byte[] base64(String what, String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the " + what + " of a credential is Base64");
    }
  }

  /** PBKDF2 with HMAC-SHA-256, RFC 8018. */
  final class Password implements Credential {
    static final String KIND = "pbkdf2-sha256";
    /** What OWASP's password storage cheat sheet asks for since 2023. A tenth of a second or so. */
    static final int ITERATIONS = 600_000;
    static final int FEWEST = 100_000;
    static final int MOST = 10_000_000; // seconds for each guess, also of those who know it
    static final int SALT = 16;
    private static final int HASH = 32;

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private Password(int iterations, byte[] salt, byte[] hash) {
      if (salt.length < SALT || hash.length != HASH) {
        throw new IllegalArgumentException("a password's salt has at least " + SALT + " bytes and its hash " + HASH
            + ", not " + salt.length + " and " + hash.length);
      }
      this.iterations = iterations;
      this.salt = salt;
      this.hash = hash;
    }

    private static byte[] hash(String password, int iterations, byte[] salt) {
      PBEKeySpec key = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH * Byte.SIZE);
      try {
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(key).getEncoded();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has PBKDF2 with HMAC-SHA-256", e);
      } finally {
        key.clearPassword();
      }
    }

    @Override
    public boolean accepts(String secret) {
      return MessageDigest.isEqual(hash, hash(secret, iterations, salt)); // in constant time
    }

    @Override
    public String encoded() {
      Base64.Encoder base64 = Base64.getEncoder();
      return KIND + ":" + iterations + ":" + base64.encodeToString(salt) + ":" + base64.encodeToString(hash);
    }

    @Override
    public String toString() {
      return "a password"; // never a hash in a log
    }
  }

  /** SHA-256 of the token's UTF-8 bytes. */
  final class Token implements Credential {
    static final String KIND = "sha256";
    static final int LENGTH = 32;

    private final byte[] hash;

    private Token(byte[] hash) {
      if (hash.length != LENGTH) {
        throw new IllegalArgumentException("a token's hash has " + LENGTH + " bytes, not " + hash.length);
      }
      this.hash = hash;
    }

    private static byte[] hash(String token) {
      try {
        return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }

    @Override
    public boolean accepts(String secret) {
      return MessageDigest.isEqual(hash, hash(secret)); // in constant time
    }

    @Override
    public String encoded() {
      return KIND + ":" + Base64.getEncoder().encodeToString(hash);
    }

    @Override
    public String toString() {
      return "a token"; // never a hash in a log
    }
  }
}
