package troupe.broadcast;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.persistence.Room;
import troupe.persistence.TransactionLog;
import troupe.tree.Applied;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.Operation;
import troupe.tree.Request;
import troupe.tree.Transaction;

/**
 * Requests become transactions, transactions become batches, batches are committed in order (Zab, phase 3).
 *
 * <p>While one batch is being synced, the next gathers: under load one sync carries many transactions, and an idle
 * leader adds no delay. Ends by stepping down.
 */
final class Broadcasting {
  private static final Duration ROOM_CHECK = Duration.ofSeconds(1);

  /** A batch that was proposed and not yet delivered. */
  private static final class Pending {
    final Zxid last;
    final List<Applied> applied;
    final ActorRef<Proposal.Ack> proposal;
    final List<Notice> after = new ArrayList<>();
    long position;
    boolean chosen;

    Pending(List<Applied> applied, ActorRef<Proposal.Ack> proposal) {
      this.last = applied.getLast().transaction().zxid();
      this.applied = applied;
      this.proposal = proposal;
    }
  }

  private final Leader.Setup setup;
  private final long epoch;

  /** The tree with everything that was proposed or is about to be: what the next request is decided against. */
  private DataTree tree;

  private Zxid next;
  private List<Applied> gathering = new ArrayList<>();
  private List<Notice> gatheringNotices = new ArrayList<>();
  private long gatheringBytes;
  private final Deque<Pending> pending = new ArrayDeque<>();
  /** Batches on their way to this server's own disk. */
  private int syncing;
  private Room room = Room.ENOUGH;

  Broadcasting(Leader.Setup setup, long epoch, DataTree tree) {
    this.setup = setup;
    this.epoch = epoch;
    this.tree = tree;
    this.next = new Zxid(epoch, 1);
  }

  Behavior<Leader.Command> enter() {
    setup.context().setLoggerName(Broadcasting.class);
    askForRoom();
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Leader.Command> onMessage(Leader.Command message) {
    return switch (message) {
      case Leader.Submit submit -> {
        for (Request request : submit.requests()) {
          if (next.isLastOfEpoch()) {
            yield setup.stepDown(epoch, "its zxids are used up");
          }
          take(request);
        }
        proposeGathered();
        yield Behaviors.same();
      }
      case Leader.Sync sync -> {
        notice(new Notice.Synced(sync.session(), sync.cxid()));
        yield Behaviors.same();
      }
      case Leader.LogReplied replied -> onLog(replied.reply());
      case Leader.Chosen chosen -> {
        choose(chosen.last());
        yield Behaviors.same();
      }
      case Leader.RoomCheckDue due -> {
        askForRoom();
        yield Behaviors.same();
      }
    };
  }

  private Behavior<Leader.Command> onLog(TransactionLog.Reply reply) {
    return switch (reply) {
      case TransactionLog.Reply.Durable durable -> {
        syncing--;
        onRoom(durable.room());
        for (Pending each : pending) {
          if (each.last.equals(durable.last())) {
            each.position = durable.position();
            each.proposal.tell(new Proposal.Ack(setup.self()));
          }
        }
        proposeGathered();
        yield Behaviors.same();
      }
      case TransactionLog.Reply.RoomLeft left -> {
        onRoom(left.room());
        yield Behaviors.same();
      }
      case TransactionLog.Reply.OutOfOrder out ->
          throw new IllegalStateException("the log ends at " + out.last() + ", which the pending "
              + pending.stream().map(each -> each.last).toList() + " do not follow");
      case TransactionLog.Reply.EpochAccepted e -> throw unexpected(e);
      case TransactionLog.Reply.EpochEstablished e -> throw unexpected(e);
      case TransactionLog.Reply.EpochRefused e -> throw unexpected(e);
      case TransactionLog.Reply.SnapshotRecorded s -> throw unexpected(s);
      case TransactionLog.Reply.TheHistory h -> throw unexpected(h);
    };
  }

  private void take(Request request) {
    if (!isThereRoomFor(request.operation())) {
      notice(new Notice.Refused(request.requester().session(), request.cxid(), ErrorCode.THROTTLED_OP));
      return;
    }
    Change change = tree.prepare(request.operation(), request.requester(), setup.settings().extendedTypes());
    Transaction transaction = new Transaction(
        next, request.requester().session(), request.cxid(), setup.clock().millis(), change);
    Applied applied = tree.apply(transaction);
    tree = applied.tree();
    next = next.next();
    gathering.add(applied);
    gatheringBytes += weight(change);
    if (gathering.size() >= setup.settings().maxBatch() || gatheringBytes >= setup.settings().maxBatchBytes()) {
      propose();
    }
  }

  private void proposeGathered() {
    if (syncing == 0 && !gathering.isEmpty()) {
      propose();
    }
  }

  private void propose() {
    List<Transaction> transactions = gathering.stream().map(Applied::transaction).toList();
    Batch batch = Batch.of(transactions, tree.digest());
    ActorRef<Proposal.Ack> proposal = setup.context().spawn(
        Proposal.create(batch.last(), setup.ensemble().quorum(), setup.context().getSelf()),
        "proposal-" + batch.last(),
        DispatcherSelector.sameAsParent());
    Pending proposed = new Pending(gathering, proposal);
    proposed.after.addAll(gatheringNotices);
    pending.add(proposed);
    gathering = new ArrayList<>();
    gatheringNotices = new ArrayList<>();
    gatheringBytes = 0;
    syncing++;
    setup.log().tell(new TransactionLog.Append(batch, setup.logReplies()));
  }

  /** Commits in order, whatever the order in which quorums were reached. */
  private void choose(Zxid last) {
    for (Pending each : pending) {
      if (each.last.equals(last)) {
        each.chosen = true;
      }
    }
    while (!pending.isEmpty() && pending.peek().chosen) {
      Pending committed = pending.poll();
      setup.replica().tell(new Replica.Adopt(committed.applied, committed.position));
      committed.after.forEach(notice -> setup.replica().tell(new Replica.Pass(notice)));
    }
  }

  /** Puts a notice behind all that was taken up so far. */
  private void notice(Notice notice) {
    if (!gathering.isEmpty()) {
      gatheringNotices.add(notice);
    } else if (!pending.isEmpty()) {
      pending.peekLast().after.add(notice);
    } else {
      setup.replica().tell(new Replica.Pass(notice));
    }
  }

  private boolean isThereRoomFor(Operation operation) {
    return switch (room) {
      case ENOUGH -> true;
      case RESERVE -> operation instanceof Operation.OpenSession
          || operation instanceof Operation.CloseSession
          || operation instanceof Operation.Delete
          || operation instanceof Operation.DeleteContainer;
      case NONE -> false;
    };
  }

  private void onRoom(Room left) {
    if (left != room) {
      switch (left) {
        case ENOUGH -> setup.context().getLog().info("the log's disk has room again: writes are taken up");
        case RESERVE -> setup.context().getLog().warn(
            "the log's disk is nearly full: reads go on, writes other than deletes are refused. Free some space on it");
        case NONE -> setup.context().getLog().error(
            "the log's disk is full: reads go on, every write is refused. Free some space on it");
      }
      room = left;
    }
    if (room != Room.ENOUGH) {
      setup.timers().startSingleTimer(new Leader.RoomCheckDue(), ROOM_CHECK);
    }
  }

  private void askForRoom() {
    setup.log().tell(new TransactionLog.GetRoom(setup.logReplies()));
  }

  private static long weight(Change change) {
    return switch (change) {
      case Change.CreateNode create -> create.path().length() + create.data().length;
      case Change.SetNodeData set -> set.path().length() + set.data().length;
      case Change.Several several -> several.changes().stream().mapToLong(Broadcasting::weight).sum();
      case Change.SessionClosed closed -> closed.ephemerals().stream().mapToLong(String::length).sum();
      case Change.DeleteNode d -> d.path().length();
      case Change.SetNodeAcl s -> s.path().length();
      case Change.Checked c -> 0;
      case Change.SessionOpened s -> 0;
      case Change.Failed f -> 0;
      case Change.SeveralFailed f -> 0;
    };
  }

  private static IllegalStateException unexpected(TransactionLog.Reply reply) {
    return new IllegalStateException("nobody asked the log for " + reply);
  }
}
