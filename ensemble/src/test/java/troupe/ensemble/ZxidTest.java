package troupe.ensemble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZxidTest {
  private static final long MAX = 0xFFFF_FFFFL;

  /** In order; the second half is negative as a long. */
  private static final List<Zxid> ASCENDING = List.of(
      Zxid.ZERO, new Zxid(0, 1), new Zxid(0, MAX), new Zxid(1, 0), new Zxid(1, 1), new Zxid(0x7FFF_FFFFL, MAX),
      new Zxid(0x8000_0000L, 0), new Zxid(0x8000_0000L, 1), new Zxid(MAX, 0), new Zxid(MAX, MAX));

  @Test
  void theEpochCountsBeforeTheCounterAndBothAreUnsigned() {
    for (int i = 0; i < ASCENDING.size(); i++) {
      for (int j = 0; j < ASCENDING.size(); j++) {
        assertEquals(Integer.compare(i, j), Integer.signum(ASCENDING.get(i).compareTo(ASCENDING.get(j))),
            ASCENDING.get(i) + " and " + ASCENDING.get(j));
        assertEquals(i > j, ASCENDING.get(i).isAfter(ASCENDING.get(j)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyNumberOnTheWireIsOneZxid(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long wire = random.nextLong();
      Zxid zxid = Zxid.of(wire);
      assertEquals(wire, zxid.toLong());
      assertEquals(new Zxid(wire >>> 32, wire & MAX), zxid);
    }
  }

  @Test
  void isWrittenAsZooKeeperLogsIt() {
    assertEquals(0x5_0000_0007L, new Zxid(5, 7).toLong());
    assertEquals("0x500000007", new Zxid(5, 7).toString());
    assertEquals("0xffffffff00000000", new Zxid(MAX, 0).toString());
  }

  @Test
  void theNextZxidFollowsAndNoOtherOfItsEpoch() {
    Zxid zxid = new Zxid(3, 8);
    assertEquals(new Zxid(3, 9), zxid.next());
    assertTrue(new Zxid(3, 9).follows(zxid));
    for (long counter : new long[] {0, 1, 7, 8, 10}) {
      assertFalse(new Zxid(3, counter).follows(zxid), "counter " + counter);
    }
  }

  @Test
  void theFirstZxidOfAnyLaterEpochFollowsAndOfNoEarlierOne() {
    Zxid zxid = new Zxid(3, 8);
    assertTrue(new Zxid(4, 1).follows(zxid));
    assertTrue(new Zxid(9, 1).follows(zxid)); // epochs whose leaders committed nothing
    assertFalse(new Zxid(4, 0).follows(zxid));
    assertFalse(new Zxid(4, 2).follows(zxid));
    assertFalse(new Zxid(4, 9).follows(zxid));
    assertFalse(new Zxid(2, 1).follows(zxid));
    assertFalse(new Zxid(2, 9).follows(zxid));
    assertTrue(new Zxid(1, 1).follows(Zxid.ZERO));
  }

  @Test
  void anEpochHasALastZxidWithoutANext() {
    Zxid last = new Zxid(3, MAX - 1).next();
    assertThrows(IllegalArgumentException.class, last::next);
  }

  @Test
  void aHalfThatDoesNotFitTheWireIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Zxid(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Zxid(0, -1));
    assertThrows(IllegalArgumentException.class, () -> new Zxid(MAX + 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Zxid(0, MAX + 1));
  }
}
