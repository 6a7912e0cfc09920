package troupe.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small values of the tree: owners, passwords, error codes, a node's digest. */
class ValuesTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 1000, 0x7FFF_FFFFL, 0x1_0000_0000L, Owner.MAX_TTL})
  void aTimeToLiveIsKeptInTheOwner(long ttl) {
    long owner = Owner.ofTtl(ttl);
    assertTrue(Owner.isTtl(owner));
    assertFalse(Owner.isSession(owner));
    assertEquals(ttl, Owner.ttl(owner));
    assertEquals(0xFF, owner >>> 56); // as in ZooKeeper
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, Owner.MAX_TTL + 1, Long.MAX_VALUE})
  void aTimeToLiveThatDoesNotFitIsRefused(long ttl) {
    assertFalse(Owner.isTtlValid(ttl));
    assertThrows(IllegalArgumentException.class, () -> Owner.ofTtl(ttl));
  }

  @Test
  void sessionsOfEveryServerAreToldFromContainersAndTtlNodes() {
    assertFalse(Owner.isSession(Owner.NONE));
    assertFalse(Owner.isSession(Owner.CONTAINER));
    assertFalse(Owner.isTtl(Owner.CONTAINER));
    assertTrue(Owner.isSession(1));
    assertTrue(Owner.isSession(1L << 56));
    assertTrue(Owner.isSession(128L << 56 | 1)); // server 128: negative, next to the container's number
    assertTrue(Owner.isSession(254L << 56 | 0xFF_FFFF_FFFF_FFFFL));
    assertFalse(Owner.isTtl(254L << 56 | 0xFF_FFFF_FFFF_FFFFL));
  }

  @Test
  void aPasswordIsItsSixteenBytesAndIsNotShown() {
    byte[] bytes = {-1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, -16};
    assertArrayEquals(bytes, Password.of(bytes).bytes());
    assertFalse(new SessionInfo(1, new Password(77_777, 88_888)).toString().matches(".*(77777|88888).*"));
    assertThrows(IllegalArgumentException.class, () -> Password.of(new byte[15]));
    assertThrows(IllegalArgumentException.class, () -> Password.of(new byte[17]));
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void anErrorCodeIsFoundByItsNumber(ErrorCode code) {
    assertEquals(code, ErrorCode.of(code.wire()));
  }

  @Test
  void aNumberWithoutAnErrorCodeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> ErrorCode.of(-1));
  }

  @Test
  void everyFieldOfANodeAndItsPathIsInTheDigest() {
    Set<Long> digests = new HashSet<>();
    Stream.<UnaryOperator<long[]>>of(
        field -> field,
        field -> with(field, 0), field -> with(field, 1), field -> with(field, 2), field -> with(field, 3),
        field -> with(field, 4), field -> with(field, 5), field -> with(field, 6), field -> with(field, 7),
        field -> with(field, 8)).forEach(change -> {
          long[] f = change.apply(new long[9]);
          digests.add(NodeDigest.of("/path", node(new byte[] {1}, f)));
        });
    digests.add(NodeDigest.of("/path", node(new byte[] {2}, new long[9])));
    digests.add(NodeDigest.of("/path", node(new byte[] {1, 0}, new long[9])));
    digests.add(NodeDigest.of("/path", node(new byte[0], new long[9])));
    digests.add(NodeDigest.of("/htap", node(new byte[] {1}, new long[9])));
    assertEquals(14, digests.size());
  }

  private static long[] with(long[] fields, int changed) {
    fields[changed] = 1;
    return fields;
  }

  private static Znode node(byte[] data, long[] f) {
    return new Znode(
        data, Acl.OPEN, f[0], f[1], f[2], f[3], f[4], f[5], (int) f[6], (int) f[7], (int) f[8]);
  }
}
