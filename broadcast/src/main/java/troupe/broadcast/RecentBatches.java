package troupe.broadcast;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;

/** The end of the leader's history, in memory: for learners that were away for a moment. */
final class RecentBatches {
  private final Deque<Batch> batches = new ArrayDeque<>();
  private final long maxBytes;
  private Zxid begin;
  private Zxid end;
  private long bytes;

  /** @param end of the history so far, which is not remembered here */
  RecentBatches(Zxid end, long maxBytes) {
    this.begin = end;
    this.end = end;
    this.maxBytes = maxBytes;
  }

  Zxid end() {
    return end;
  }

  /** @param committed what comes after it is kept, however much it is: it may not be on any disk yet */
  void add(Batch batch, Zxid committed) {
    batches.add(batch);
    bytes += batch.size();
    end = batch.last();
    while (bytes > maxBytes && !batches.peek().last().isAfter(committed)) {
      Batch oldest = batches.poll();
      bytes -= oldest.size();
      begin = oldest.last();
    }
  }

  /** What comes after a transaction; none if that is not known here, or is not the last of a batch. */
  Optional<List<Batch>> after(Zxid zxid) {
    if (zxid.equals(end)) {
      return Optional.of(List.of());
    }
    List<Batch> later = new ArrayList<>();
    boolean found = zxid.equals(begin);
    for (Batch batch : batches) {
      if (found) {
        later.add(batch);
      }
      found |= batch.last().equals(zxid);
    }
    return found ? Optional.of(later) : Optional.empty();
  }
}
