package troupe.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.tree.Applied;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.NodeEvent;
import troupe.tree.Transaction;

/**
 * What has been committed, told once more one transaction after the other: the history that every server's and every
 * client's view has to agree with.
 */
final class Oracle {
  /** An event of a path, and the transaction that it came with. */
  record Happening(long zxid, NodeEvent event) {}

  /** @param cxid of the newest request that was asked on an earlier connection than the one that was answered there */
  private record Fence(long zxid, int cxid) {}

  private final NavigableMap<Long, Applied> history = new TreeMap<>();
  /** By session: the zxids of its requests by their numbers. */
  private final Map<Long, NavigableMap<Integer, Long>> requests = new HashMap<>();
  private final Map<Long, Fence> fences = new HashMap<>();
  private final Map<Long, Long> closed = new HashMap<>();
  private final Map<Long, Duration> timeouts = new HashMap<>();
  private DataTree tree = DataTree.initial();

  /** The last that was committed, as a number. */
  long last() {
    return tree.lastZxidNumber();
  }

  /** What was committed last before this one. */
  Zxid lastBefore(Zxid zxid) {
    return Optional.ofNullable(history.lowerKey(zxid.toLong())).map(Zxid::of).orElse(Zxid.ZERO);
  }

  DataTree tree() {
    return tree;
  }

  int size() {
    return history.size();
  }

  /** The next batch was committed. What of it was known already is compared. */
  List<Applied> commit(Batch batch) {
    return batch.transactions().stream()
        .filter(transaction -> transaction.zxid().toLong() > last())
        .map(this::commit)
        .toList();
  }

  /** Each once, and in the order in which they were asked. */
  private void checkOrder(long session, int cxid, long zxid) {
    NavigableMap<Integer, Long> others = requests.computeIfAbsent(session, s -> new TreeMap<>());
    Long before = others.put(cxid, zxid);
    String what = "request " + cxid + " of session " + hex(session) + " was committed ";
    if (before != null) {
      throw new Violation(what + "twice, at " + hex(before) + " and at " + hex(zxid));
    }
    if (others.lastKey() != cxid) {
      throw new Violation(what + "at " + hex(zxid) + ", behind its later request " + others.lastKey());
    }
    Fence fence = fences.getOrDefault(session, new Fence(Long.MAX_VALUE, 0));
    if (cxid <= fence.cxid() && zxid > fence.zxid()) {
      throw new Violation(what + "at " + hex(zxid) + ", when its client had come back and was answered at " + hex(fence.zxid()));
    }
  }

  /** A client that has come back is answered for the first time: nothing that it asked before is done after this. */
  void cameBack(long session, int cxid, long zxid) {
    fences.put(session, new Fence(zxid, cxid));
    requests.getOrDefault(session, new TreeMap<>()).headMap(cxid, true).forEach((asked, at) -> {
      if (at > zxid) {
        throw new Violation("request " + asked + " of session " + hex(session) + " was committed at " + hex(at)
            + ", when its client had come back and was answered at " + hex(zxid));
      }
    });
  }

  private Applied commit(Transaction transaction) {
    long zxid = transaction.zxid().toLong();
    long session = transaction.session();
    if (transaction.cxid() != 0) {
      checkOrder(session, transaction.cxid(), zxid);
    }
    if (session != 0 && closed.containsKey(session) && doesSomething(transaction.change())) {
      throw new Violation("session " + hex(session) + " ended at " + hex(closed.get(session)) + " and did "
          + transaction.change() + " at " + hex(zxid));
    }
    Applied applied = tree.apply(transaction);
    tree = applied.tree();
    history.put(zxid, applied);
    if (transaction.change() instanceof Change.SessionOpened opened) {
      timeouts.put(session, Duration.ofMillis(opened.session().timeout()));
    }
    if (transaction.change() instanceof Change.SessionClosed) {
      closed.put(session, zxid);
    }
    for (long owner : tree.sessionsWithEphemerals()) {
      if (tree.session(owner).isEmpty() && !tree.ephemeralsOf(owner).isEmpty()) {
        throw new Violation("session " + hex(owner) + " is over at " + hex(zxid) + ", its " + tree.ephemeralsOf(owner)
            + " are not");
      }
    }
    return applied;
  }

  private static boolean doesSomething(Change change) {
    return switch (change) {
      case Change.Failed failed -> false;
      case Change.SeveralFailed failed -> false;
      // Its client closes it while its time is over.
      case Change.SessionClosed again -> !again.ephemerals().isEmpty();
      default -> true;
    };
  }

  /** What was committed at this zxid. */
  Optional<Applied> at(long zxid) {
    return Optional.ofNullable(history.get(zxid));
  }

  /** The tree that every server has, or had, at this zxid. */
  DataTree treeAt(long zxid) {
    if (zxid == 0) {
      return DataTree.initial();
    }
    return at(zxid).orElseThrow(() -> new Violation("a state at " + hex(zxid) + ", which was never committed")).tree();
  }

  /** The timeout that a session was opened with. */
  Duration timeoutOf(long session) {
    return timeouts.get(session);
  }

  Optional<Long> closedAt(long session) {
    return Optional.ofNullable(closed.get(session));
  }

  /** What happened after one zxid up to another. */
  List<Happening> happenings(long after, long upTo) {
    if (after >= upTo) {
      return List.of();
    }
    return history.subMap(after, false, upTo, true).values().stream()
        .flatMap(applied -> applied.events().stream()
            .map(event -> new Happening(applied.transaction().zxid().toLong(), event)))
        .toList();
  }

  static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }
}
