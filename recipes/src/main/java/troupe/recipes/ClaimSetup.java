package troupe.recipes;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.MessageAdaptionFailure;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;
import troupe.client.Answer;
import troupe.client.CreateMode;
import troupe.client.ErrorCode;
import troupe.client.Failure;
import troupe.client.Operation;
import troupe.client.Session;
import troupe.client.SessionEvent;
import troupe.client.TroupeException;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;

/** What a {@link Claim} has in all of its states, and takes care of when it stops in any of them. */
final class ClaimSetup {
  static final Failure EXPIRED =
      Znodes.failure(ErrorCode.SESSION_EXPIRED, "the session has expired, and its ephemeral znodes are gone");

  /** Where the servers had too much to do. */
  private static final Duration RETRY_AFTER = Duration.ofMillis(500);

  private final ActorContext<Claim.Command> context;
  private final TimerScheduler<Claim.Command> timers;
  private final Znodes znodes;
  private final Place place;
  private final ActorRef<Claim.Event> owner;
  private final ActorRef<SessionEvent> sessionEvents;
  private final ActorSystem<?> system;
  private ByteString data;
  private ByteString dataOfEntry;
  private Optional<ActorRef<Claim.Command>> gate = Optional.empty();
  private Optional<CompletionStage<Answer.Created>> entry = Optional.empty();
  private Optional<UniqueKillSwitch> watch = Optional.empty();
  private boolean isPatient;
  private boolean leaving;

  ClaimSetup(
      ActorContext<Claim.Command> context,
      TimerScheduler<Claim.Command> timers,
      ActorRef<Session.Command> session,
      Place place,
      ByteString data,
      ActorRef<Claim.Event> owner) {
    this.context = context;
    this.timers = timers;
    this.znodes = Znodes.of(session);
    this.place = place;
    this.data = data;
    this.dataOfEntry = data;
    this.owner = owner;
    this.sessionEvents = context.messageAdapter(SessionEvent.class, Claim::of);
    this.system = context.getSystem();
  }

  void begin(Optional<Duration> patience) {
    isPatient = patience.isEmpty() || patience.get().isPositive();
    if (isPatient) {
      patience.ifPresent(limit -> timers.startSingleTimer(new Claim.PatienceElapsed(), limit));
    }
    context.watchWith(owner, new Claim.Release());
    context.watchWith(znodes.session(), new Claim.SessionOver(Answering.STOPPED));
    znodes.session().tell(new Session.Subscribe(sessionEvents));
  }

  Znodes znodes() {
    return znodes;
  }

  Place place() {
    return place;
  }

  ByteString data() {
    return data;
  }

  void setData(ByteString data) {
    this.data = data;
  }

  /** The data was set while the znode was being created, with other data. */
  boolean isOutdated() {
    return !data.equals(dataOfEntry);
  }

  void tell(Claim.Event event) {
    context.getLog().debug("{}: {}", place, event);
    owner.tell(event);
  }

  // The gate, if there is one.

  void waitAt(Line line) {
    ActorRef<Claim.Event> events = context.messageAdapter(Claim.Event.class, Claim.GateTold::new);
    gate = Optional.of(context.spawn(
        Claim.create(znodes.session(), Optional.empty(), line, ByteString.emptyByteString(),
            isPatient ? Optional.empty() : Optional.of(Duration.ZERO), events),
        "gate"));
  }

  void leaveGate() {
    gate.ifPresent(claim -> claim.tell(new Claim.Release()));
    forgetGate();
  }

  /** It is left already. */
  void forgetGate() {
    gate = Optional.empty();
  }

  // The znode.

  void createEntry() {
    Operation.Create create = switch (place) {
      case Line line -> new Operation.Create(
          Znodes.child(line.parent(), line.kind()), data, CreateMode.EPHEMERAL_SEQUENTIAL);
      case Place.Name name -> new Operation.Create(name.path(), data, CreateMode.EPHEMERAL);
    };
    dataOfEntry = data;
    CompletionStage<Answer.Created> creation = znodes.create(create);
    entry = Optional.of(creation);
    then(creation, Claim.Entered::new);
  }

  /** Completes when it is gone, or has never come to be. */
  CompletionStage<Done> deleteEntry() {
    leaving = true;
    return entry.map(creation -> creation
        .handle((created, refused) -> Optional.ofNullable(created))
        .thenCompose(there -> there.map(this::delete).orElseGet(Znodes::done)))
        .orElseGet(Znodes::done);
  }

  /** Tries until there is room for it, and does not need this actor for that: it may have stopped. */
  private CompletionStage<Done> delete(Answer.Created created) {
    CompletionStage<Done> deleted = switch (place) {
      case Line line -> znodes.delete(created.path());
      case Place.Name name -> znodes.isThere(created).thenCompose(
          own -> own ? znodes.delete(created.path()) : Znodes.done()); // it may be another's since
    };
    return Znodes.or(deleted, ErrorCode.THROTTLED, () -> Patterns.after(RETRY_AFTER, system, () -> delete(created)));
  }

  /** Lets the znode have the data, unless it is not this claim's any more. */
  CompletionStage<Answer.DataSet> setData(Answer.Created created) {
    Operation.SetData set = new Operation.SetData(created.path(), data);
    return switch (place) {
      case Line line -> znodes.ask(set);
      case Place.Name name -> znodes.isThere(created).thenCompose(own -> own
          ? znodes.ask(set)
          : CompletableFuture.failedStage(new TroupeException(InPlace.deleted(created))));
    };
  }

  /** There is nothing to be deleted any more. */
  void forgetEntry() {
    entry = Optional.empty();
  }

  // Steps.

  <T> void then(CompletionStage<T> stage, Function<T, Claim.Command> step) {
    then(stage, step, Claim.StepFailed::new);
  }

  <T> void then(CompletionStage<T> stage, Function<T, Claim.Command> step, Function<Failure, Claim.Command> failed) {
    context.pipeToSelf(
        stage, (value, thrown) -> thrown == null ? step.apply(value) : failed.apply(Znodes.failure(thrown)));
  }

  /** Looks again after a change like this, which is another's to make; who has no patience gives up instead. */
  Behavior<Claim.Command> awaitOthers(String path, WatchScope scope, long after, Predicate<WatchEvent> like) {
    if (!isPatient) {
      return new Leaving(this, false).enter();
    }
    await(path, scope, after, like);
    return Behaviors.same();
  }

  /** Tells this actor to look again after a change like this. */
  void await(String path, WatchScope scope, long after, Predicate<WatchEvent> like) {
    stopWaiting();
    ActorRef<Claim.Command> self = context.getSelf();
    watch = Optional.of(Session.changes(znodes.session(), path, scope, Optional.of(after))
        .filter(like::test)
        .take(1)
        .<Claim.Command>map(change -> new Claim.LookAgain())
        .recover(Throwable.class, Claim.WatchBroken::new)
        .viaMat(KillSwitches.single(), Keep.right())
        .to(Sink.foreach(self::tell))
        .run(context.getSystem()));
  }

  void stopWaiting() {
    watch.ifPresent(UniqueKillSwitch::shutdown);
    watch = Optional.empty();
  }

  Behavior<Claim.Command> retryLater() {
    timers.startSingleTimer(new Claim.RetryDue(), RETRY_AFTER);
    return Behaviors.same();
  }

  /** Of what is done on the way to the place. */
  Behavior<Claim.Command> failed(Failure failure) {
    return failure.code() == ErrorCode.THROTTLED ? retryLater() : lost(failure);
  }

  Behavior<Claim.Command> lost(Failure failure) {
    tell(new Lost(failure));
    return Behaviors.stopped();
  }

  /** For those who have nothing to lose yet. */
  Behavior<Claim.Command> onSession(Claim.FromSession message) {
    return switch (message) {
      case Claim.SessionSuspended suspended -> Behaviors.same();
      case Claim.SessionConnected connected -> Behaviors.same();
      case Claim.SessionOver over -> over(over.failure());
    };
  }

  Behavior<Claim.Command> over(Failure failure) {
    forgetEntry(); // it has gone with the session
    return lost(failure);
  }

  Behavior<Claim.Command> behave(Function<Claim.Command, Behavior<Claim.Command>> onMessage) {
    return Behaviors.receive((same, message) -> onMessage.apply(message), (same, signal) -> onSignal(signal));
  }

  private Behavior<Claim.Command> onSignal(Signal signal) {
    return switch (signal) {
      case PostStop stopped -> {
        stopWaiting();
        znodes.session().tell(new Session.Unsubscribe(sessionEvents));
        if (!leaving) {
          deleteEntry();
        }
        yield Behaviors.same();
      }
      case MessageAdaptionFailure failure -> throw new IllegalStateException(failure.exception());
      default -> Behaviors.unhandled();
    };
  }
}
