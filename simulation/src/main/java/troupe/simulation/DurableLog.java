package troupe.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.persistence.JournalStore;
import troupe.persistence.LogStep;

/** The batches that a server would find in its log if its power failed now. */
final class DurableLog {
  private final NavigableMap<Long, Batch> batches = new TreeMap<>();
  private final List<Established> established = new ArrayList<>();
  private long begin;

  /**
   * A server has promised that it has the history of an epoch's leader.
   *
   * @param last where its log ended then
   */
  record Established(long epoch, Zxid last) {}

  /** The event is on the disk. */
  void add(JournalStore.Event event) {
    switch (LogStep.of(event)) {
      case LogStep.Added added -> batches.put(added.batch().last().toLong(), added.batch());
      case LogStep.KeptUpTo kept -> batches.tailMap(kept.last().toLong(), false).clear();
      case LogStep.ReplacedBy replaced -> {
        batches.clear();
        begin = replaced.last().toLong();
      }
      case LogStep.Established of -> established.add(
          new Established(of.epoch(), Zxid.of(batches.isEmpty() ? begin : Math.max(begin, batches.lastKey()))));
      case LogStep.None none -> {}
    }
  }

  /** Those since the last time. */
  List<Established> takeEstablished() {
    if (established.isEmpty()) {
      return List.of();
    }
    List<Established> all = List.copyOf(established);
    established.clear();
    return all;
  }

  /** Whether everything up to there is in it. */
  boolean reaches(Zxid last) {
    long zxid = last.toLong();
    return zxid <= begin || batches.containsKey(zxid);
  }

  /** What comes after a transaction, up to another. */
  List<Batch> between(long after, long upTo) {
    return after >= upTo ? List.of() : List.copyOf(batches.subMap(after, false, upTo, true).values());
  }
}
