package troupe.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import troupe.ensemble.ServerId;

class ReadRoundsTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);

  private final ReadRounds reads = new ReadRounds(ONE);

  private static Leader.ReadIndex read(long session) {
    return new Leader.ReadIndex(TWO, session, 1);
  }

  @Test
  void allThatWaitShareARoundAndWhoComesLaterHasTheNext() {
    assertFalse(reads.begin());
    reads.add(read(1));
    reads.add(read(2));
    assertTrue(reads.begin());
    assertEquals(1, reads.current());
    reads.add(read(3));
    assertFalse(reads.begin());
    assertEquals(Set.of(ONE, TWO), reads.confirm(TWO, 1));
    assertEquals(List.of(read(1), read(2)), reads.end());
    assertEquals(0, reads.current());
    assertTrue(reads.begin());
    assertEquals(Set.of(ONE), reads.confirm(THREE, 1), "the word of an earlier round is no word in this one");
    assertEquals(Set.of(ONE, THREE), reads.confirm(THREE, 2));
    assertEquals(List.of(read(3)), reads.end());
  }

  @Test
  void whatASessionAskedOnAnEarlierConnectionIsNotAnswered() {
    reads.add(read(1));
    reads.add(read(2));
    reads.begin();
    reads.add(read(1));
    reads.add(read(3));
    reads.forget(1);
    assertEquals(1, reads.current(), "the round goes on");
    assertEquals(List.of(read(2)), reads.end());
    reads.begin();
    assertEquals(List.of(read(3)), reads.end());
  }
}
