package troupe.persistence;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.scaladsl.EventSourcedBehavior;
import troupe.ensemble.Zxid;

/**
 * The replicated log of one server: one journal that decides.
 *
 * <p>Epochs, batches and snapshots are events of one actor, so there is one order of what became durable when. The
 * answer is part of the effect: nothing is acknowledged before it would survive a power cut. A write that fails stops
 * the actor, and with it the server; what is really on the disk is found out by recovery. Source: ZooKeeper keeps epoch
 * files, log and snapshots apart, which led to ZOOKEEPER-2845, 3911, 4643 and 4646.
 */
public final class TransactionLog
    extends EventSourcedBehaviorWithEnforcedReplies<TransactionLog.Command, TransactionLog.Event, History> {

  /** All that this actor understands. */
  public sealed interface Command {}

  /** What is in the log? Answered with {@link Reply.TheHistory}, once everything was read. */
  public record GetHistory(ActorRef<Reply> replyTo) implements Command {}

  /**
   * Makes batches durable, all or none. {@link Reply.Durable}, or {@link Reply.OutOfOrder} where they do not continue
   * the log.
   */
  public record Append(List<Batch> batches, ActorRef<Reply> replyTo) implements Command {
    public Append {
      batches = List.copyOf(batches);
      if (batches.isEmpty()) {
        throw new IllegalArgumentException("nothing to append");
      }
    }

    public Append(Batch batch, ActorRef<Reply> replyTo) {
      this(List.of(batch), replyTo);
    }
  }

  /**
   * Promises to follow no leader of an older epoch (Zab: ACKEPOCH). {@link Reply.EpochAccepted} or
   * {@link Reply.EpochRefused}.
   */
  public record AcceptEpoch(long epoch, ActorRef<Reply> replyTo) implements Command {}

  /**
   * The history is that of this epoch's leader (Zab: ACK of NEWLEADER). {@link Reply.EpochEstablished} or
   * {@link Reply.EpochRefused}.
   */
  public record EstablishEpoch(long epoch, ActorRef<Reply> replyTo) implements Command {}

  /** A snapshot file is complete; the last {@code kept} of them count. {@link Reply.SnapshotRecorded}. */
  public record RecordSnapshot(SnapshotRef snapshot, int kept, ActorRef<Reply> replyTo) implements Command {}

  /**
   * Gives up everything after a transaction (Zab: TRUNC); it must not have been committed. Whoever knows the tree has
   * to make it anew from the log. {@link Reply.Truncated}.
   */
  public record Truncate(Zxid keepUpTo, ActorRef<Reply> replyTo) implements Command {}

  /**
   * Puts another server's snapshot, whose file is complete, in place of everything (Zab: SNAP). {@link Reply.Installed}.
   *
   * @param position of the reference is set by the log
   */
  public record Install(SnapshotRef snapshot, ActorRef<Reply> replyTo) implements Command {}

  /** How much room has the disk? Answered at once with {@link Reply.RoomLeft}. */
  public record GetRoom(ActorRef<Reply> replyTo) implements Command {}

  /** The log's answers. */
  public sealed interface Reply {
    record TheHistory(History history) implements Reply {}

    /**
     * Everything up to {@code last} would survive a power cut.
     *
     * @param position the sequence number in the journal of the last batch; those before it have the numbers before
     */
    record Durable(Zxid last, long position, Room room) implements Reply {}

    /** @param last where the log ends */
    record OutOfOrder(Zxid last) implements Reply {}

    record EpochAccepted(long epoch) implements Reply {}

    record EpochEstablished(long epoch) implements Reply {}

    /** @param accepted the newer epoch that was promised already */
    record EpochRefused(long accepted) implements Reply {}

    record SnapshotRecorded(History history) implements Reply {}

    record Truncated(Zxid last) implements Reply {}

    record Installed(SnapshotRef snapshot) implements Reply {}

    record RoomLeft(Room room) implements Reply {}
  }

  /** What has happened; on the disk as in {@code log.proto}. */
  public sealed interface Event {}

  /** The batch came at the end. */
  public record Appended(Batch batch) implements Event {}

  /** No leader of an older epoch will be followed. */
  public record EpochAccepted(long epoch) implements Event {}

  /** Everything up to here is the history of this epoch's leader. */
  public record EpochEstablished(long epoch) implements Event {}

  /** The file is complete; the last {@code kept} of them count. */
  public record SnapshotTaken(SnapshotRef snapshot, int kept) implements Event {}

  /** The tail was given up. */
  public record Truncated(Truncation truncation) implements Event {}

  /** Another server's snapshot stands for everything before. */
  public record SnapshotInstalled(SnapshotRef snapshot) implements Event {}

  /** The log's id in the journal: a server has one. */
  public static final PersistenceId PERSISTENCE_ID = PersistenceId.ofUniqueId("transaction-log");

  private final ActorContext<Command> context;
  private final Capacity capacity;

  private TransactionLog(ActorContext<Command> context, Capacity capacity) {
    super(PERSISTENCE_ID);
    this.context = context;
    this.capacity = capacity;
  }

  /** @param capacity of the journal's disk; asked on this actor's thread, so it has to be quick */
  public static Behavior<Command> create(Capacity capacity) {
    return Behaviors.setup(context -> new TransactionLog(context, capacity));
  }

  /** Nobody subscribes to what the log writes, and to publish it would wake another thread for every batch. */
  @Override
  @SuppressWarnings("unchecked") // for this setting the Java DSL has no method, and a Scala trait is no class to Java
  public Behavior<Command> apply(TypedActorContext<Command> context) {
    var publishing = (EventSourcedBehavior<Command, Event, History>) super.apply(context);
    return (Behavior<Command>) publishing.withEventPublishing(false);
  }

  @Override
  public String journalPluginId() {
    return "troupe.persistence.journal";
  }

  @Override
  public String snapshotPluginId() {
    return "troupe.persistence.state-store";
  }

  @Override
  public History emptyState() {
    return History.EMPTY;
  }

  @Override
  public CommandHandlerWithReply<Command, Event, History> commandHandler() {
    return (history, command) -> switch (command) {
      case GetHistory get -> Effect().reply(get.replyTo(), new Reply.TheHistory(history));
      case Append append when history.isFollowedBy(append.batches()) ->
          Effect().persist(append.batches().stream().<Event>map(Appended::new).toList()).thenReply(append.replyTo(),
              after -> new Reply.Durable(after.last(), lastSequenceNumber(context), capacity.roomAtLastWrite()));
      case Append append -> Effect().reply(append.replyTo(), new Reply.OutOfOrder(history.last()));
      case AcceptEpoch accept when accept.epoch() > history.acceptedEpoch() ->
          Effect().persist(new EpochAccepted(accept.epoch())).thenReply(accept.replyTo(),
              after -> new Reply.EpochAccepted(after.acceptedEpoch()));
      case AcceptEpoch accept -> Effect().reply(accept.replyTo(), new Reply.EpochRefused(history.acceptedEpoch()));
      case EstablishEpoch establish when establish.epoch() == history.acceptedEpoch() ->
          Effect().persist(new EpochEstablished(establish.epoch())).thenReply(establish.replyTo(),
              after -> new Reply.EpochEstablished(after.currentEpoch()));
      case EstablishEpoch establish ->
          Effect().reply(establish.replyTo(), new Reply.EpochRefused(history.acceptedEpoch()));
      case RecordSnapshot record ->
          Effect().persist(new SnapshotTaken(record.snapshot(), record.kept())).thenReply(record.replyTo(),
              Reply.SnapshotRecorded::new);
      case Truncate truncate -> {
        checkNotInASnapshot(history, truncate);
        yield Effect().persist(new Truncated(new Truncation(nextPosition(), truncate.keepUpTo()))).thenReply(
            truncate.replyTo(), after -> new Reply.Truncated(after.last()));
      }
      case Install install ->
          Effect().persist(new SnapshotInstalled(install.snapshot().at(nextPosition()))).thenReply(
              install.replyTo(), after -> new Reply.Installed(after.snapshots().getLast()));
      case GetRoom get -> Effect().reply(get.replyTo(), new Reply.RoomLeft(capacity.room()));
    };
  }

  @Override
  public EventHandler<History, Event> eventHandler() {
    return History::after;
  }

  private long nextPosition() {
    return lastSequenceNumber(context) + 1;
  }

  /** Snapshots hold what was committed, and that is never given up: a leader that wants this has broken its promise. */
  private static void checkNotInASnapshot(History history, Truncate truncate) {
    if (truncate.keepUpTo().isAfter(history.last())) {
      throw new IllegalStateException(
          "asked to give up what comes after " + truncate.keepUpTo() + ", but the log ends at " + history.last());
    }
    for (SnapshotRef snapshot : history.snapshots()) {
      if (snapshot.last().isAfter(truncate.keepUpTo())) {
        throw new IllegalStateException("asked to give up what comes after " + truncate.keepUpTo()
            + ", but snapshot " + snapshot.file() + " holds committed transactions up to " + snapshot.last());
      }
    }
  }

  /** With a snapshot of the tree, the small state is kept too, so that recovery need not read what came before. */
  @Override
  public boolean shouldSnapshot(History state, Event event, long sequenceNr) {
    return event instanceof SnapshotTaken || event instanceof SnapshotInstalled;
  }
}
