package troupe.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AclTest {
  @Test
  void permissionsHaveTheLettersOfTheCommandLine() {
    assertEquals("cdrwa", Permissions.letters(Permissions.ALL));
    assertEquals("r", Permissions.letters(Permissions.READ));
    assertEquals("da", Permissions.letters(Permissions.DELETE | Permissions.ADMIN));
    assertEquals("", Permissions.letters(0));
  }

  private static final Identity ALICE = new Identity("digest", "alice:hash");
  private static final Identity BOB = new Identity("digest", "bob:hash");
  private static final Identity SUPER = new Identity("super", "");
  private static final Identity LOCAL = new Identity("ip", "127.0.0.1");
  private static final List<Integer> EACH = List.of(
      Permissions.READ, Permissions.WRITE, Permissions.CREATE, Permissions.DELETE, Permissions.ADMIN);

  private static Acl acl(Object... permissionsAndWho) {
    List<Acl.Entry> entries = new ArrayList<>();
    for (int i = 0; i < permissionsAndWho.length; i += 2) {
      entries.add(new Acl.Entry((int) permissionsAndWho[i], (Identity) permissionsAndWho[i + 1]));
    }
    return Acl.of(entries);
  }

  @Test
  void eachPermissionIsGivenByItselfOnly() {
    for (int given : EACH) {
      for (int asked : EACH) {
        assertEquals(given == asked, acl(given, ALICE).permits(asked, List.of(ALICE)), given + " for " + asked);
        assertEquals(given == asked, acl(given, Identity.ANYONE).permits(asked, List.of()), given + " for " + asked);
      }
    }
  }

  @Test
  void permissionsOfSeveralLinesAndIdentitiesAddUp() {
    Acl acl = acl(Permissions.READ, Identity.ANYONE, Permissions.WRITE, ALICE, Permissions.DELETE, BOB);
    assertTrue(acl.permits(Permissions.READ, List.of()));
    assertFalse(acl.permits(Permissions.WRITE, List.of(BOB, LOCAL)));
    assertTrue(acl.permits(Permissions.WRITE, List.of(LOCAL, BOB, ALICE)));
    assertTrue(acl.permits(Permissions.DELETE, List.of(ALICE, BOB)));
    assertFalse(acl.permits(Permissions.ADMIN, List.of(ALICE, BOB, LOCAL)));
  }

  @Test
  void aLineNamesOneSchemeAndOneId() {
    Acl acl = acl(Permissions.ALL, ALICE);
    assertFalse(acl.permits(Permissions.READ, List.of(BOB)));
    assertFalse(acl.permits(Permissions.READ, List.of(new Identity("ip", "alice:hash"))));
    assertFalse(acl.permits(Permissions.READ, List.of(new Identity("digest", "alice:other"))));
    assertFalse(acl.permits(Permissions.READ, List.of(Identity.ANYONE)));
  }

  @Test
  void theSuperUserMayDoEverythingAndNobodyNamesHim() {
    assertTrue(acl(0, ALICE).permits(Permissions.ADMIN, List.of(LOCAL, SUPER)));
    assertFalse(acl(Permissions.ALL, SUPER).permits(Permissions.READ, List.of(ALICE)));
    assertFalse(Schemes.isKnown("super"));
  }

  @Test
  void anEmptyListOfAnOldSnapshotPermitsEverything() {
    assertTrue(Acl.of(List.of()).permits(Permissions.ADMIN, List.of()));
  }

  @ParameterizedTest
  @CsvSource({
      "10.1.2.3,        10.1.2.3,     true",
      "10.1.2.3,        10.1.2.4,     false",
      "10.1.2.3/32,     10.1.2.3,     true",
      "10.1.2.3/32,     10.1.2.2,     false",
      "10.1.2.3/31,     10.1.2.2,     true",
      "10.1.2.3/31,     10.1.2.1,     false",
      "10.1.2.0/23,     10.1.3.255,   true",
      "10.1.2.0/23,     10.1.4.0,     false",
      "10.0.0.0/9,      10.127.0.1,   true",
      "10.0.0.0/9,      10.128.0.1,   false",
      "10.0.0.0/8,      10.255.0.1,   true",
      "10.0.0.0/8,      11.0.0.1,     false",
      "128.0.0.0/1,     255.1.1.1,    true",
      "128.0.0.0/1,     127.1.1.1,    false",
      "1.2.3.4/0,       200.1.1.1,    true",
      "0.0.0.0/0,       ::1,          false",
      "::/0,            127.0.0.1,    false",
      "::/0,            ::1,          true",
      "::1,             ::1,          true",
      "::1,             0:0:0:0:0:0:0:1, true",
      "::1,             ::2,          false",
      "2001:db8::/33,   2001:db8:7fff::1, true",
      "2001:db8::/33,   2001:db8:8000::1, false",
      "fe80::/10,       febf::1,      true",
      "fe80::/10,       fec0::1,      false",
      "10.1.2.3,        nonsense,     false"})
  void anAddressIsInANetworkIfItsFirstBitsAre(String network, String address, boolean inside) {
    Acl acl = acl(Permissions.READ, new Identity("ip", network));
    assertEquals(inside, acl.permits(Permissions.READ, List.of(new Identity("ip", address))));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "world:anyone", "digest:alice:hash", "digest:a:b", "ip:1.2.3.4", "ip:1.2.3.4/0", "ip:1.2.3.4/32", "ip:::1",
      "ip:::1/128", "ip:2001:db8::/32"})
  void mayBeNamed(String schemeAndId) {
    assertTrue(Schemes.isValid(identity(schemeAndId)));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "world:", "world:alice", "digest:", "digest:alice", "digest:alice:hash:more", "digest::", "ip:", "ip:localhost",
      "ip:1.2.3", "ip:1.2.3.4/33", "ip:1.2.3.4/-1", "ip:1.2.3.4/", "ip:1.2.3.4/8/8", "ip:1.2.3.4/x", "ip:1.2.3.999",
      "ip:1234.1.1.1", "ip:[::1]", "ip:::1/129", "ip:1:2", "super:", "auth:", "sasl:alice", ":"})
  void mayNotBeNamed(String schemeAndId) {
    assertFalse(Schemes.isValid(identity(schemeAndId)));
  }

  private static Identity identity(String schemeAndId) {
    int colon = schemeAndId.indexOf(':');
    return new Identity(schemeAndId.substring(0, colon), schemeAndId.substring(colon + 1));
  }

  @Test
  void equalListsAreOneObjectAndTheirOrderCounts() {
    assertSame(acl(1, ALICE, 2, BOB), acl(1, ALICE, 2, BOB));
    assertSame(Acl.OPEN, acl(31, new Identity("world", "anyone")));
    assertNotEquals(acl(1, ALICE, 2, BOB), acl(2, BOB, 1, ALICE));
    assertNotEquals(acl(1, ALICE), acl(2, ALICE));
  }
}
