package troupe.tree;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What became of those writes of a session whose answers its client may not have heard: should it ask again, they are
 * answered from here and not done twice. Kept for clients only that number their writes and say what they have heard.
 */
public final class KeptOutcomes {
  /** Of a session that has asked for nothing, or not for this. */
  public static final KeptOutcomes NONE = new KeptOutcomes(PersistentMap.empty(), 0, 0);

  /**
   * Further than a client gets from one word to the next that numbers its writes one after the other. What another one says
   * must not keep every server, and whoever reads the log later, counting.
   */
  private static final int FAR = 1 << 12;

  /** @param zxid the transaction */
  public record Kept(long zxid, Outcome outcome) {}

  /** Is shown what is kept, in the order of writes. */
  @FunctionalInterface
  public interface Visitor {
    void kept(int cxid, Kept kept);
  }

  private final PersistentMap<Integer, Kept> byCxid;
  private final int seen;
  private final int last;

  private KeptOutcomes(PersistentMap<Integer, Kept> byCxid, int seen, int last) {
    this.byCxid = byCxid;
    this.seen = seen;
    this.last = last;
  }

  /** What became of the write with this number, if it was done and may not have been heard of. */
  public Optional<Kept> get(int cxid) {
    return byCxid.get(cxid);
  }

  /** The number of the last write that was done. */
  public int last() {
    return last;
  }

  public int size() {
    return byCxid.size();
  }

  public void forEach(Visitor visitor) {
    List<Integer> cxids = new ArrayList<>();
    byCxid.forEach((cxid, kept) -> cxids.add(cxid));
    cxids.sort(Comparator.comparingInt(cxid -> cxid - last)); // by how long ago they were
    cxids.forEach(cxid -> visitor.kept(cxid, get(cxid).orElseThrow()));
  }

  /**
   * With one more, and without those that have been heard of. Numbers may begin again below 0 after 2^31 writes: what
   * counts is how far they are from each other.
   *
   * @param heardUpTo the client has heard what became of the write with this number and of all before
   */
  KeptOutcomes with(int heardUpTo, int cxid, Kept kept) {
    PersistentMap<Integer, Kept> left = byCxid;
    int newSeen = seen;
    if (heardUpTo - seen > FAR) {
      left = unheard(heardUpTo);
      newSeen = heardUpTo;
    }
    while (heardUpTo - newSeen > 0 && !left.isEmpty()) {
      left = left.without(++newSeen);
    }
    return new KeptOutcomes(left.with(cxid, kept), left.isEmpty() ? heardUpTo : newSeen, cxid);
  }

  private PersistentMap<Integer, Kept> unheard(int heardUpTo) {
    List<Integer> heard = new ArrayList<>();
    byCxid.forEach((cxid, kept) -> {
      if (cxid - heardUpTo <= 0) {
        heard.add(cxid);
      }
    });
    PersistentMap<Integer, Kept> left = byCxid;
    for (Integer cxid : heard) {
      left = left.without(cxid);
    }
    return left;
  }

  /** With one more, of which all before that are kept are in here: as in a snapshot. */
  KeptOutcomes with(int cxid, Kept kept) {
    return with(byCxid.isEmpty() ? cxid - 1 : seen, cxid, kept);
  }
}
