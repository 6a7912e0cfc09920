package troupe.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;

class RecentBatchesTest {
  private final Batches history = new Batches();
  private final Batch before = history.next(1);
  private final Zxid begin = history.last();
  private final Batch first = history.next(2, 2);
  private final Batch second = history.next(2);
  private final Batch third = history.next(2);

  private RecentBatches recent(long maxBytes, Zxid committed) {
    RecentBatches recent = new RecentBatches(before.last(), maxBytes);
    List.of(first, second, third).forEach(batch -> recent.add(batch, committed));
    return recent;
  }

  @Test
  void whatComesAfterEachBatchIsKnown() {
    RecentBatches recent = recent(Long.MAX_VALUE, begin);
    assertEquals(third.last(), recent.end());
    assertEquals(Optional.of(List.of(first, second, third)), recent.after(begin));
    assertEquals(Optional.of(List.of(second, third)), recent.after(first.last()));
    assertEquals(Optional.of(List.of()), recent.after(third.last()));
  }

  @Test
  void whatWasNeverTheEndOfABatchHereIsNotKnown() {
    RecentBatches recent = recent(Long.MAX_VALUE, begin);
    for (Zxid unknown : List.of(Zxid.ZERO, first.first(), begin.next(), third.last().next())) {
      assertEquals(Optional.empty(), recent.after(unknown), unknown.toString());
    }
  }

  @Test
  void theOldestAreForgottenOnceTheyAreCommittedAndTooMany() {
    RecentBatches recent = recent(second.size() + third.size(), third.last());
    assertEquals(Optional.empty(), recent.after(begin));
    assertEquals(Optional.of(List.of(second, third)), recent.after(first.last()));
  }

  @Test
  void whatIsNotCommittedIsKeptHoweverMuchItIs() {
    RecentBatches recent = recent(0, first.last());
    assertEquals(Optional.empty(), recent.after(begin));
    assertEquals(Optional.of(List.of(second, third)), recent.after(first.last()));
  }

  @Test
  void withoutRoomOnlyTheEndIsKnown() {
    RecentBatches recent = recent(0, third.last());
    assertEquals(Optional.of(List.of()), recent.after(third.last()));
    assertEquals(Optional.empty(), recent.after(second.last()));
  }
}
