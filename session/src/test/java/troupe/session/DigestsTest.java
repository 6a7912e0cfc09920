package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import troupe.tree.Identity;

class DigestsTest {
  // What ZooKeeper's DigestAuthenticationProvider makes of "super:test"; many a configuration on the web has it.
  private static final String SUPER = "super:D/InIHSb7yEEbrWz8b9l71RjZJU=";

  private static List<Identity> identities(String credentials, String superDigest) {
    return Digests.identities(credentials.getBytes(StandardCharsets.UTF_8), superDigest);
  }

  @Test
  void aUserIsKnownByTheHashOfNameAndPassword() {
    assertEquals(List.of(new Identity("digest", SUPER)), identities("super:test", ""));
  }

  @Test
  void theSuperUserIsBothHimselfAndSuper() {
    assertEquals(
        List.of(new Identity("super", ""), new Identity("digest", SUPER)), identities("super:test", SUPER));
    assertEquals(1, identities("super:tess", SUPER).size());
  }

  @Test
  void withoutASuperDigestNobodyIsSuper() {
    assertEquals(1, identities("", "").size());
    assertEquals(1, identities("super:", "").size());
  }

  @Test
  void aPasswordMayHaveAColonOrBeMissing() {
    assertEquals("joe", user(identities("joe:a:b", "")));
    assertEquals("joe", user(identities("joe", "")));
  }

  private static String user(List<Identity> identities) {
    String id = identities.getFirst().id();
    return id.substring(0, id.indexOf(':'));
  }
}
