package troupe.broadcast;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Zxid;
import troupe.metrics.Metrics;
import troupe.persistence.CorruptJournalException;
import troupe.persistence.LogReader;
import troupe.persistence.SnapshotRef;
import troupe.persistence.SnapshotSource;
import troupe.persistence.TransactionLog;

/**
 * The learner is brought to where the leader can simply send it what comes next: from the log on the disk (DIFF), after
 * giving up what was never committed (TRUNC), or with a snapshot (SNAP). Becomes {@link Streaming}.
 *
 * <p>After TRUNC and SNAP the learner begins a new conversation, from its log. One page, or one part, is on its way at a
 * time, so that neither side gathers more in memory than that.
 */
final class CatchingUp {
  private static final int PAGE = 1 << 20;
  private static final int PART = 1 << 19;

  private final LearnerHandler.Setup setup;

  /** Where the learner's log ends, with what is on its way. */
  private Zxid end;

  private Optional<LogReader> log = Optional.empty();
  private Optional<LogReader.Place> place = Optional.empty();
  private List<SnapshotRef> snapshots = List.of();
  private Optional<SnapshotRef> sending = Optional.empty();
  private Optional<SnapshotSource> source = Optional.empty();

  CatchingUp(LearnerHandler.Setup setup, Zxid end) {
    this.setup = setup;
    this.end = end;
  }

  Behavior<LearnerHandler.Command> enter() {
    setup.leader.tell(new Leader.WantsHistory(setup.learner, end));
    return Behaviors.receive(LearnerHandler.Command.class)
        .onMessage(LearnerHandler.Command.class, this::onMessage)
        .onSignal(PostStop.class, stopped -> {
          closeSnapshot();
          return Behaviors.same();
        })
        .build();
  }

  private Behavior<LearnerHandler.Command> onMessage(LearnerHandler.Command message) {
    return switch (message) {
      case LearnerHandler.Received received -> setup.receive(received, this::onLearner);
      case LearnerHandler.Stream stream -> {
        if (log.isEmpty()) {
          setup.around.metrics().learnerSynchronised(Metrics.LearnerSync.MEMORY);
        }
        yield new Streaming(setup, end).enter(stream);
      }
      case LearnerHandler.ReadTheLog read -> {
        if (log.isPresent()) {
          readPage();
        } else {
          setup.around.log().tell(new TransactionLog.GetHistory(setup.logReplies));
        }
        yield Behaviors.same();
      }
      case LearnerHandler.LogReplied replied when replied.reply() instanceof TransactionLog.Reply.TheHistory history -> {
        snapshots = history.history().snapshots();
        LogReader reader = new LogReader(setup.around.journal(), history.history());
        Zxid of = end;
        onDisk(() -> new LearnerHandler.Located(reader, reader.placeOf(of)));
        yield Behaviors.same();
      }
      case LearnerHandler.LogReplied other -> throw LogReplies.unexpected(other.reply());
      case LearnerHandler.Located located -> onLocated(located);
      case LearnerHandler.PageRead page -> onPage(page.entries());
      case LearnerHandler.PartRead part -> {
        setup.send(new FromLeader.SnapshotPart(part.snapshot(), part.bytes(), part.last()));
        yield Behaviors.same();
      }
      case LearnerHandler.SnapshotChosen chosen -> sendSnapshot(chosen.snapshot());
      case LearnerHandler.LogDamaged damaged -> {
        setup.context.getLog().warn("server {}: needs what is damaged here and gets a snapshot: {}",
            setup.learner.server(), damaged.cause().getMessage());
        chooseSnapshot();
        yield Behaviors.same();
      }
      case LearnerHandler.NotRead failed -> setup.leave("its history cannot be read here: " + failed.cause());
      case LearnerHandler.Ping ping -> {
        setup.send(new FromLeader.Ping());
        yield Behaviors.same();
      }
      case LearnerHandler.Dismiss dismiss -> setup.dismiss();
      case LearnerHandler.Synchronize again -> Behaviors.same();
      case LearnerHandler.EpochDecided late -> Behaviors.same();
      // What is for those that are further.
      case LearnerHandler.Propose early -> Behaviors.same();
      case LearnerHandler.Commit early -> Behaviors.same();
      case LearnerHandler.Serve early -> Behaviors.same();
      case LearnerHandler.Tell early -> Behaviors.same();
    };
  }

  private Behavior<LearnerHandler.Command> onLocated(LearnerHandler.Located located) {
    if (located.place().isEmpty()) {
      chooseSnapshot();
      return Behaviors.same();
    }
    LogReader.Place found = located.place().get();
    if (found.last().equals(end)) {
      setup.context.getLog().info("server {}: is sent what comes after {}", setup.learner.server(), end);
      setup.around.metrics().learnerSynchronised(Metrics.LearnerSync.LOG);
      log = Optional.of(located.log());
      place = located.place();
      readPage();
    } else {
      setup.context.getLog().info("server {}: ends at {}, of which only what is up to {} was ever committed",
          setup.learner.server(), end, found.last());
      setup.around.metrics().learnerSynchronised(Metrics.LearnerSync.TRUNCATE);
      setup.send(new FromLeader.Truncate(found.last()));
    }
    return Behaviors.same();
  }

  private void readPage() {
    LogReader reader = log.orElseThrow();
    LogReader.Place from = place.orElseThrow();
    onDisk(() -> new LearnerHandler.PageRead(reader.read(from, PAGE)));
  }

  private Behavior<LearnerHandler.Command> onPage(List<LogReader.Entry> entries) {
    if (entries.isEmpty()) {
      return setup.leave("the log ends at " + end + " or was purged, and the leader remembers only what came later");
    }
    for (LogReader.Entry entry : entries) {
      setup.send(new FromLeader.Propose(end, entry.batch()));
      end = entry.batch().last();
    }
    place = Optional.of(new LogReader.Place(end, entries.getLast().position()));
    return Behaviors.same();
  }

  /** One that takes the learner forward: to go back would be to give up what it has promised to keep. */
  private void chooseSnapshot() {
    List<SnapshotRef> newer = snapshots.stream().filter(snapshot -> snapshot.last().isAfter(end)).toList();
    onDisk(() -> new LearnerHandler.SnapshotChosen(SnapshotSource.newestSound(setup.around.snapshots(), newer)));
  }

  private Behavior<LearnerHandler.Command> sendSnapshot(Optional<SnapshotRef> chosen) {
    if (chosen.isEmpty()) {
      return setup.leave("no sound snapshot here goes beyond " + end + ", where its log ends");
    }
    SnapshotRef ref = chosen.get();
    setup.context.getLog().info("server {}: ends at {}, is sent the snapshot at {}",
        setup.learner.server(), end, ref.last());
    try {
      source = Optional.of(new SnapshotSource(setup.around.snapshots(), ref));
    } catch (IOException e) {
      return setup.leave("snapshot " + ref.file() + " cannot be read: " + e.getMessage());
    }
    sending = chosen;
    setup.around.metrics().learnerSynchronised(Metrics.LearnerSync.SNAPSHOT);
    readPart();
    return Behaviors.same();
  }

  private void readPart() {
    SnapshotSource file = source.orElseThrow();
    SnapshotRef ref = sending.orElseThrow();
    onDisk(() -> {
      try {
        ByteString bytes = file.next(PART);
        return new LearnerHandler.PartRead(ref, bytes, bytes.size() < PART);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private Behavior<LearnerHandler.Command> onLearner(FromLearner.Message message) {
    return switch (message) {
      case FromLearner.Ack ack when ack.upTo().equals(end) -> {
        setup.leader.tell(new Leader.WantsHistory(setup.learner, end));
        yield Behaviors.same();
      }
      case FromLearner.Ack ofTheSamePage -> Behaviors.same();
      case FromLearner.PartStored stored -> {
        readPart();
        yield Behaviors.same();
      }
      case FromLearner.Alive alive -> Behaviors.same();
      case FromLearner.LearnerInfo again -> Behaviors.same();
      case FromLearner.Leave leave -> Behaviors.stopped();
      case FromLearner.AckEpoch late -> outOfTurn(late);
      case FromLearner.AckNewLeader early -> outOfTurn(early);
      case FromLearner.Forward early -> outOfTurn(early);
      case FromLearner.Sync early -> outOfTurn(early);
      case FromLearner.ReadIndex early -> outOfTurn(early);
      case FromLearner.Claim early -> outOfTurn(early);
      case FromLearner.Touch early -> outOfTurn(early);
    };
  }

  private Behavior<LearnerHandler.Command> outOfTurn(FromLearner.Message message) {
    return setup.leave(message.getClass().getSimpleName() + " while it is brought up to date");
  }

  private void onDisk(Supplier<LearnerHandler.Command> reading) {
    Supplier<LearnerHandler.Command> careful = () -> {
      try {
        return reading.get();
      } catch (CorruptJournalException e) {
        return new LearnerHandler.LogDamaged(e);
      }
    };
    setup.context.pipeToSelf(CompletableFuture.supplyAsync(careful, setup.disk),
        (read, failure) -> failure == null ? read : new LearnerHandler.NotRead(failure));
  }

  private void closeSnapshot() {
    source.ifPresent(file -> {
      try {
        file.close();
      } catch (IOException e) {
        setup.context.getLog().debug("closing a snapshot: {}", e.getMessage());
      }
    });
  }
}
