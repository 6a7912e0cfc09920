package troupe.broadcast;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.persistence.TransactionLog;

/**
 * What a learner has been sent, on its way to the log and then to the replica. Part of the learner's actor.
 *
 * <p>While some batches are being synced, the next gather: one sync for all of them, or as many as are soon written. The
 * replica gets what is both committed and on this server's disk.
 */
final class Intake {
  /** Of one sync: the disk has to have room for all of it at once, and nobody waits for long. */
  private static final long MOST_AT_ONCE = 4 << 20; // bytes

  private static final class Received {
    final Batch batch;
    long position;
    boolean stored;

    Received(Batch batch) {
      this.batch = batch;
    }
  }

  /** @param after the commit point when it came */
  private record Waiting(Zxid after, Notice notice) {}

  private final ActorRef<TransactionLog.Command> log;
  private final ActorRef<TransactionLog.Reply> logReplies;
  private final ActorRef<Replica.Command> replica;
  private final Deque<Received> received = new ArrayDeque<>();
  private final Deque<Batch> toStore = new ArrayDeque<>();
  private final Deque<Waiting> notices = new ArrayDeque<>();
  private boolean storing;
  private int beatsOfTheSync;

  /** What the server began with: in its log, but perhaps not committed. */
  private final Zxid begin;

  private boolean beginConfirmed;
  private Zxid end;
  private Zxid stored;
  private Zxid committed = Zxid.ZERO;
  private Zxid applied;

  Intake(
      Zxid begin,
      ActorRef<TransactionLog.Command> log,
      ActorRef<TransactionLog.Reply> logReplies,
      ActorRef<Replica.Command> replica) {
    this.begin = begin;
    this.end = begin;
    this.stored = begin;
    this.applied = begin;
    this.log = log;
    this.logReplies = logReplies;
    this.replica = replica;
  }

  /** Where the history ends, with what is not stored yet. */
  Zxid end() {
    return end;
  }

  Zxid applied() {
    return applied;
  }

  /** @return whether it continues the history; nothing is done otherwise */
  boolean propose(Zxid previous, Batch batch) {
    if (!previous.equals(end) || !batch.first().follows(previous)) {
      return false;
    }
    end = batch.last();
    received.add(new Received(batch));
    toStore.add(batch);
    store();
    return true;
  }

  private void store() {
    if (!storing && !toStore.isEmpty()) {
      storing = true;
      beatsOfTheSync = 0;
      List<Batch> together = new ArrayList<>();
      long bytes = 0;
      while (!toStore.isEmpty() && (together.isEmpty() || bytes + toStore.peek().encoded().size() <= MOST_AT_ONCE)) {
        bytes += toStore.peek().encoded().size();
        together.add(toStore.poll());
      }
      log.tell(new TransactionLog.Append(together, logReplies));
    }
  }

  /** With this beat, how many the sync under way has lasted; 0: there is none. Reads grow old meanwhile. */
  int beatsOfTheSync() {
    return storing ? ++beatsOfTheSync : 0;
  }

  /** The log has stored what it was given last. */
  void stored(TransactionLog.Reply.Durable durable) {
    long position = durable.position() - received.stream()
        .filter(each -> !each.stored && !each.batch.last().isAfter(durable.last())).count();
    for (Received each : received) {
      if (!each.stored && !each.batch.last().isAfter(durable.last())) {
        each.stored = true;
        each.position = ++position;
      }
    }
    stored = durable.last();
    storing = false;
    store();
    apply();
  }

  boolean hasStored(Zxid zxid) {
    return !zxid.isAfter(stored);
  }

  /** Commits are cumulative. */
  void commit(Zxid upTo) {
    if (upTo.isAfter(committed)) {
      committed = upTo;
    }
    apply();
  }

  /** Whether all of that is committed and applied, and nothing is applied that is not committed. */
  boolean hasApplied(Zxid zxid) {
    return beginConfirmed && !zxid.isAfter(applied);
  }

  void tell(Notice notice) {
    notices.add(new Waiting(committed, notice));
    pass();
  }

  private void apply() {
    if (!beginConfirmed && !begin.isAfter(committed)) {
      beginConfirmed = true;
      replica.tell(new Replica.Confirm());
    }
    while (!received.isEmpty() && received.peek().stored && !received.peek().batch.last().isAfter(committed)) {
      pass(); // what was said before this batch was committed has its place before it
      Received next = received.poll();
      applied = next.batch.last();
      replica.tell(new Replica.Apply(next.batch, next.position));
    }
    pass();
  }

  private void pass() {
    while (!notices.isEmpty() && !notices.peek().after().isAfter(applied)) {
      replica.tell(new Replica.Pass(notices.poll().notice()));
    }
  }
}
