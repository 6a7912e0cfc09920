package troupe.examples;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.util.ByteString;
import troupe.client.Answer;
import troupe.client.CreateMode;
import troupe.client.ErrorCode;
import troupe.client.Operation;
import troupe.client.Session;
import troupe.client.TroupeClient;
import troupe.client.TroupeException;
import troupe.client.WatchScope;
import troupe.recipes.Claim;
import troupe.recipes.Group;
import troupe.recipes.Lost;
import troupe.recipes.TreeCache;

/**
 * Does what it is assigned, one task after the other: it takes a number apart into its prime factors, and lets that last a
 * while. A result and the end of its task are one transaction, so there is one result of each, even if a worker was taken
 * for dead and its task was done by another as well.
 */
final class Worker {
  sealed interface Command {}

  private record MembershipTold(Claim.Event event) implements Command {}

  private record AssignmentsTold(TreeCache.Event event) implements Command {}

  /** There is a znode for its assignments. */
  private record Prepared() implements Command {}

  private record Failed(Throwable failure) implements Command {}

  private record WorkDone(String task) implements Command {}

  private record Delivered(String task, boolean isAccepted) implements Command {}

  /** The servers have too much to do, or too little room. */
  private record NotDelivered(String task) implements Command {}

  private static final Duration HARD_WORK = Duration.ofMillis(150);
  private static final Duration DELIVER_AGAIN_AFTER = Duration.ofMillis(500);

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final ActorRef<Session.Command> session;
  private final Layout layout;
  private final String name;
  private final SortedMap<String, ByteString> assigned = new TreeMap<>();
  private boolean isBusy;

  private Worker(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ActorRef<Session.Command> session,
      Layout layout,
      String name) {
    this.context = context;
    this.timers = timers;
    this.session = session;
    this.layout = layout;
    this.name = name;
  }

  /** It stops when its session is over. */
  static Behavior<Command> create(ActorRef<Session.Command> session, Layout layout, String name) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers ->
        new Worker(context, timers, session, layout, name).prepare()));
  }

  private Behavior<Command> prepare() {
    context.pipeToSelf(
        TroupeClient.ask(session, new Operation.Create(
            layout.assignments(name), ByteString.emptyByteString(), CreateMode.PERSISTENT)),
        (created, failure) -> failure == null || says(failure, ErrorCode.NODE_EXISTS)
            ? new Prepared()
            : new Failed(failure));
    return Behaviors.receiveMessage(this::onMessage);
  }

  private static boolean says(Throwable failure, ErrorCode code) {
    return failure instanceof TroupeException refused && refused.code() == code;
  }

  private Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Prepared prepared -> {
        context.spawn(Group.member(session, layout.workers(), name, ByteString.emptyByteString(),
            context.messageAdapter(Claim.Event.class, MembershipTold::new)), "member");
        context.spawn(TreeCache.create(session, layout.assignments(name), WatchScope.CHILDREN,
            context.messageAdapter(TreeCache.Event.class, AssignmentsTold::new)), "assignments");
      }
      case Failed failed -> {
        Examples.say(name, "cannot work: " + failed.failure().getMessage());
        return Behaviors.stopped();
      }
      case MembershipTold(Claim.Held held) -> Examples.say(name, "is ready to work");
      case MembershipTold(Lost lost) -> {
        return Behaviors.stopped();
      }
      case MembershipTold other -> {}
      case AssignmentsTold(TreeCache.Filled filled) ->
          filled.nodes().forEach((path, node) -> assigned.put(Layout.name(path), node.data()));
      case AssignmentsTold(TreeCache.Added added) -> assigned.put(Layout.name(added.path()), added.node().data());
      case AssignmentsTold(TreeCache.Removed removed) -> assigned.remove(Layout.name(removed.path()));
      case AssignmentsTold other -> {}
      case WorkDone done -> deliver(done.task());
      case NotDelivered refused ->
          timers.startSingleTimer(new WorkDone(refused.task()), DELIVER_AGAIN_AFTER); // it is busy until then
      case Delivered delivered -> {
        isBusy = false;
        assigned.remove(delivered.task());
        if (!delivered.isAccepted()) {
          Examples.say(name, "has done " + delivered.task() + " in vain, it is another's or done");
        }
      }
    }
    work();
    return Behaviors.same();
  }

  private void work() {
    if (!isBusy && !assigned.isEmpty()) {
      isBusy = true;
      timers.startSingleTimer(new WorkDone(assigned.firstKey()), HARD_WORK);
    }
  }

  private void deliver(String task) {
    Optional<ByteString> number = Optional.ofNullable(assigned.get(task));
    if (number.isEmpty()) {
      context.getSelf().tell(new Delivered(task, false)); // taken from it meanwhile
      return;
    }
    ByteString result = ByteString.fromString(factors(Long.parseLong(number.get().utf8String())));
    List<Operation.Change<?>> changes = List.of(
        new Operation.Delete(layout.assignment(name, task)),
        new Operation.Delete(layout.task(task)),
        new Operation.Create(layout.result(task), result, CreateMode.PERSISTENT));
    context.pipeToSelf(
        TroupeClient.ask(session, new Operation.Commit(changes)),
        (Answer.Committed done, Throwable refusal) -> refusal != null && says(refusal, ErrorCode.THROTTLED)
            ? new NotDelivered(task)
            : new Delivered(task, refusal == null));
  }

  /** Such as 2 * 3 * 7. */
  private static String factors(long number) {
    StringJoiner factors = new StringJoiner(" * ");
    long rest = number;
    for (long factor = 2; factor * factor <= rest; factor++) {
      for (; rest % factor == 0; rest /= factor) {
        factors.add(Long.toString(factor));
      }
    }
    return rest > 1 || factors.length() == 0 ? factors.add(Long.toString(rest)).toString() : factors.toString();
  }
}
