package troupe.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import troupe.tree.Identity;

/** The digest scheme: a user and a password are known by a hash of both. */
public final class Digests {
  private Digests() {}

  /**
   * Who somebody is that knows this secret.
   *
   * @param credentials {@code user:password}
   * @param superDigest the super user's identity; empty: nobody is
   */
  public static List<Identity> identities(byte[] credentials, String superDigest) {
    String text = new String(credentials, StandardCharsets.UTF_8);
    int colon = text.indexOf(':');
    String id = (colon < 0 ? text : text.substring(0, colon)) + ":" + Base64.getEncoder().encodeToString(sha1(text));
    Identity identity = new Identity("digest", id);
    return !superDigest.isEmpty() && id.equals(superDigest)
        ? List.of(new Identity("super", ""), identity)
        : List.of(identity);
  }

  private static byte[] sha1(String text) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
