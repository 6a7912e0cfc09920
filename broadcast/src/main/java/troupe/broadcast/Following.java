package troupe.broadcast;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Zxid;
import troupe.persistence.SnapshotRef;
import troupe.persistence.SnapshotSink;
import troupe.persistence.TransactionLog;
import troupe.tree.Request;

/**
 * The leader's epoch is promised: takes over its history (Zab, phase 2), then what it proposes (phase 3). Ends with the
 * conversation; also after giving up a tail, or getting a snapshot, for the tree has to be made anew from the log.
 *
 * <p>The order that must be kept: the history durable, then the epoch durable, then the ack of NEWLEADER
 * (ZOOKEEPER-3911, 4643, 4646). An ack always speaks of what is on this server's disk.
 */
final class Following {
  private final Learner.Setup setup;
  private final long epoch;
  private final Intake intake;
  private final List<Request> submitted = new ArrayList<>();
  private long submittedBytes;

  /** Where the leader's history ended at NEWLEADER, whose ack waits for the log. */
  private Optional<Zxid> newLeader = Optional.empty();

  /** What has to be committed and applied here before clients are served. */
  private Optional<Zxid> serveFrom = Optional.empty();

  private boolean serving;

  /** The snapshot that is being received, with the last part that has come. */
  private Optional<CompletionStage<SnapshotSink>> snapshot = Optional.empty();

  Following(Learner.Setup setup, long epoch) {
    this.setup = setup;
    this.epoch = epoch;
    this.intake = new Intake(setup.tree.lastZxid(), setup.around.log(), setup.logReplies, setup.around.replica());
  }

  Behavior<Learner.Command> enter() {
    return Behaviors.receive(Learner.Command.class)
        .onMessage(Learner.Command.class, this::onMessage)
        .onSignal(PostStop.class, stopped -> {
          closeSnapshot();
          return Behaviors.same();
        })
        .build();
  }

  private Behavior<Learner.Command> onMessage(Learner.Command message) {
    return switch (message) {
      case Learner.Heard heard -> setup.receive(heard, this::onLeader);
      case Learner.LogReplied replied -> onLog(replied.reply());
      case Learner.Submit submit -> {
        submit.requests().forEach(this::submit);
        yield Behaviors.same();
      }
      case Learner.ForwardDue due -> {
        forward();
        yield Behaviors.same();
      }
      case Learner.Sync sync -> {
        forward();
        setup.send(new FromLearner.Sync(sync.session(), sync.cxid()));
        yield Behaviors.same();
      }
      case Learner.ReadIndex read -> {
        forward();
        setup.send(new FromLearner.ReadIndex(read.session(), read.cxid()));
        yield Behaviors.same();
      }
      case Learner.Claim claim -> {
        forward();
        setup.send(new FromLearner.Claim(claim.session(), claim.cxid(), claim.password(), claim.kept()));
        yield Behaviors.same();
      }
      case Learner.Touch touch -> {
        setup.send(new FromLearner.Touch(touch.timeouts()));
        yield Behaviors.same();
      }
      case Learner.Beat beat -> intake.beatsOfTheSync() > setup.around.settings().syncBeats()
          ? setup.leave("its disk takes longer over a sync than a leader may be silent")
          : setup.onBeat();
      case Learner.PeerLost lost -> setup.onPeerLost(lost);
      case Learner.Resign resign -> setup.leave("this server stops");
      case Learner.PartStored stored -> onPartStored(stored);
      case Learner.PartNotStored failed -> setup.leave("the snapshot cannot be stored: " + failed.cause().getMessage());
      case Learner.AnswerDue late -> Behaviors.same();
    };
  }

  private Behavior<Learner.Command> onLeader(FromLeader.Message message) {
    return switch (message) {
      case FromLeader.Propose propose -> {
        if (!intake.propose(propose.previous(), propose.batch())) {
          yield setup.leave("the leader proposed " + propose.batch() + " after " + propose.previous()
              + ", but the history here ends at " + intake.end());
        }
        yield Behaviors.same();
      }
      case FromLeader.Commit commit -> commit(commit.upTo());
      case FromLeader.Tell tell -> {
        tell.notices().forEach(intake::tell);
        yield Behaviors.same();
      }
      case FromLeader.Ping ping -> {
        setup.send(new FromLearner.Alive(ping.round()));
        yield Behaviors.same();
      }
      // What is here would not be the leader's history, though it might be taken for it (ZOOKEEPER-3104).
      case FromLeader.NewLeader early when snapshot.isPresent() -> setup.leave("NEWLEADER before the snapshot is here");
      case FromLeader.NewLeader other when other.epoch() != epoch ->
          setup.leave("NEWLEADER is of epoch " + other.epoch() + ", but what was promised here is " + epoch);
      case FromLeader.NewLeader asked -> {
        newLeader = Optional.of(intake.end());
        establish();
        yield Behaviors.same();
      }
      case FromLeader.UpToDate upToDate -> {
        serveFrom = Optional.of(upToDate.committed());
        yield commit(upToDate.committed());
      }
      case FromLeader.Truncate truncate -> {
        setup.context.getLog().info("gives up what comes after {}: it was never committed", truncate.keepUpTo());
        setup.around.log().tell(new TransactionLog.Truncate(truncate.keepUpTo(), setup.logReplies));
        yield Behaviors.same();
      }
      case FromLeader.SnapshotPart part -> {
        store(part);
        yield Behaviors.same();
      }
      case FromLeader.LeaderInfo again -> setup.leave("the leader began its epoch twice");
      case FromLeader.Leave leave -> setup.leave("the leader has left"); // met before, in receive
    };
  }

  private Behavior<Learner.Command> onLog(TransactionLog.Reply reply) {
    return switch (reply) {
      case TransactionLog.Reply.Durable durable -> {
        intake.stored(durable);
        setup.send(new FromLearner.Ack(durable.last()));
        establish();
        yield serveIfUpToDate();
      }
      case TransactionLog.Reply.EpochEstablished established -> {
        setup.send(new FromLearner.AckNewLeader());
        yield Behaviors.same();
      }
      case TransactionLog.Reply.EpochRefused refused ->
          setup.leave("epoch " + refused.accepted() + " has been promised to another");
      case TransactionLog.Reply.Truncated truncated -> setup.leave("begins again from " + truncated.last());
      case TransactionLog.Reply.Installed installed ->
          setup.leave("begins again from the leader's snapshot at " + installed.snapshot().last());
      case TransactionLog.Reply.OutOfOrder out ->
          throw new IllegalStateException("the log ends at " + out.last() + ", not at " + intake.end());
      case TransactionLog.Reply.EpochAccepted e -> throw LogReplies.unexpected(e);
      case TransactionLog.Reply.SnapshotRecorded s -> throw LogReplies.unexpected(s);
      case TransactionLog.Reply.TheHistory h -> throw LogReplies.unexpected(h);
      case TransactionLog.Reply.RoomLeft r -> throw LogReplies.unexpected(r);
    };
  }

  /** Only when all of the leader's history is on the disk may the epoch be. */
  private void establish() {
    if (newLeader.filter(intake::hasStored).isPresent()) {
      newLeader = Optional.empty();
      setup.around.log().tell(new TransactionLog.EstablishEpoch(epoch, setup.logReplies));
    }
  }

  private Behavior<Learner.Command> commit(Zxid upTo) {
    intake.commit(upTo);
    return serveIfUpToDate();
  }

  private Behavior<Learner.Command> serveIfUpToDate() {
    if (!serving && serveFrom.filter(intake::hasApplied).isPresent()) {
      serving = true;
      setup.context.getLog().info("epoch {}: follows server {}, from {} on; its own log ended at {}",
          epoch, setup.around.leader(), intake.applied(), setup.tree.lastZxid());
      // Behind all that the replica has yet to apply: clients are let in to what they may see (ZOOKEEPER-3023).
      setup.around.replica().tell(new Replica.Tell<>(setup.server, new Learner.UpToDate(epoch)));
    }
    return Behaviors.same();
  }

  /** All that came together goes together, as long as it is not too much for one message. */
  private void submit(Request request) {
    long bytes = Weight.of(request);
    if (submittedBytes + bytes > setup.around.settings().maxBatchBytes()) {
      forward();
    }
    if (submitted.isEmpty()) {
      setup.context.getSelf().tell(new Learner.ForwardDue()); // what is in the mailbox now is before this
    }
    submitted.add(request);
    submittedBytes += bytes;
  }

  private void forward() {
    if (!submitted.isEmpty()) {
      setup.send(new FromLearner.Forward(submitted));
      submitted.clear();
      submittedBytes = 0;
    }
  }

  /** One part is on its way at a time, so the parts are stored in order. */
  private void store(FromLeader.SnapshotPart part) {
    CompletionStage<SnapshotSink> sink = snapshot.orElseGet(() ->
        CompletableFuture.supplyAsync(() -> sink(part.snapshot()), setup.disk));
    CompletionStage<SnapshotSink> stored = sink.thenApplyAsync(to -> stored(to, part), setup.disk);
    snapshot = Optional.of(stored);
    setup.context.pipeToSelf(stored, (done, failure) -> failure == null
        ? new Learner.PartStored(part.snapshot(), part.last())
        : new Learner.PartNotStored(failure));
  }

  private SnapshotSink sink(SnapshotRef announced) {
    try {
      return new SnapshotSink(setup.around.snapshots(), announced);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SnapshotSink stored(SnapshotSink sink, FromLeader.SnapshotPart part) {
    try {
      sink.append(part.bytes());
      if (part.last()) {
        sink.complete();
      }
      return sink;
    } catch (IOException e) {
      close(sink); // nobody will get to it through a future that has failed
      throw new UncheckedIOException(e);
    }
  }

  private Behavior<Learner.Command> onPartStored(Learner.PartStored stored) {
    if (stored.last()) {
      setup.around.log().tell(new TransactionLog.Install(stored.snapshot(), setup.logReplies));
    } else {
      setup.send(new FromLearner.PartStored());
    }
    return Behaviors.same();
  }

  private void closeSnapshot() {
    snapshot.ifPresent(last -> last.thenAcceptAsync(Following::close, setup.disk));
  }

  private static void close(SnapshotSink sink) {
    try {
      sink.close();
    } catch (IOException e) {
      // It is in nobody's way: leftovers are removed at the next start.
    }
  }
}
