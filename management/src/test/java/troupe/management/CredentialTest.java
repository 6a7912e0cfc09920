package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

class CredentialTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void aPasswordIsRecognizedFromItsHashAlone() {
    String encoded = Credential.ofPassword("corréct horse", random).encoded();
    assertTrue(encoded.matches("pbkdf2-sha256:600000:[A-Za-z0-9+/]{22}==:[A-Za-z0-9+/]{43}="), encoded);
    Credential parsed = Credential.parsePassword(encoded);
    assertEquals(encoded, parsed.encoded());
    assertTrue(parsed.accepts("corréct horse"));
    assertFalse(parsed.accepts("correct horse"));
    assertFalse(parsed.accepts(""));
  }

  @Test
  void theHashIsTheOneThatOtherProgramsCompute() {
    // Python: base64.b64encode(hashlib.pbkdf2_hmac('sha256', b'secret', b'0123456789abcdef', 100000))
    assertTrue(Credential.parsePassword("pbkdf2-sha256:100000:MDEyMzQ1Njc4OWFiY2RlZg==:"
        + "plwZLotEAEMO707yToj/A2wZs5Moai9JwWz+JsVD+Cc=").accepts("secret"));
    // printf %s secret | openssl dgst -sha256 -binary | base64
    assertTrue(Credential.parseToken("sha256:K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=").accepts("secret"));
  }

  @Test
  void twoHashesOfOnePasswordDiffer() {
    assertNotEquals(
        Credential.ofPassword("same", random).encoded(), Credential.ofPassword("same", random).encoded());
  }

  @Test
  void aTokenIsRecognizedFromItsHashAlone() {
    String token = Credential.newToken(random);
    assertTrue(token.matches("[A-Za-z0-9_-]{43}"), "not a token of 256 bits");
    Credential parsed = Credential.parseToken(Credential.ofToken(token).encoded());
    assertTrue(parsed.accepts(token));
    assertFalse(parsed.accepts(Credential.newToken(random)));
  }

  @Test
  void whatIsNoHashIsRefusedAndNotRepeated() {
    String salt = "MDEyMzQ1Njc4OWFiY2RlZg==";
    String hash = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    for (String bad : List.of("secret", "sha256:" + hash, "pbkdf2-sha256:many:" + salt + ":" + hash,
        "pbkdf2-sha256:99999:" + salt + ":" + hash, "pbkdf2-sha256:10000001:" + salt + ":" + hash,
        "pbkdf2-sha256:600000:MDE=:" + hash, "pbkdf2-sha256:600000:" + salt + ":MDE=",
        "pbkdf2-sha256:600000:secret!:" + hash)) {
      String message = assertThrows(IllegalArgumentException.class, () -> Credential.parsePassword(bad)).getMessage();
      assertFalse(message.contains("secret"), message);
    }
    for (String bad : List.of("secret", "sha256:MDE=", "sha256:secret!", "md5:" + hash)) {
      String message = assertThrows(IllegalArgumentException.class, () -> Credential.parseToken(bad)).getMessage();
      assertFalse(message.contains("secret"), message);
    }
  }

  @Test
  void anEmptyPasswordIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Credential.ofPassword("", random));
  }

  @Test
  void noHashIsShownByAccident() {
    assertEquals("a password", Credential.ofPassword("secret", random).toString());
    assertEquals("a token", Credential.ofToken("secret").toString());
  }
}
