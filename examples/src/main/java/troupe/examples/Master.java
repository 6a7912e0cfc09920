package troupe.examples;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;
import troupe.client.CreateMode;
import troupe.client.Fence;
import troupe.client.Operation;
import troupe.client.Session;
import troupe.client.TroupeClient;
import troupe.client.WatchScope;
import troupe.recipes.Claim;
import troupe.recipes.LeaderElection;
import troupe.recipes.Lost;
import troupe.recipes.TreeCache;

/**
 * Once it is elected, gives each task to a worker, and to another one if that worker has gone. All that it knows it reads
 * from the znodes, and so a new master goes on where the last one stopped. Each decision is a transaction that demands that
 * its maker is master still: one who was paused and does not know yet that another leads decides nothing.
 */
final class Master {
  sealed interface Command {}

  private record ElectionTold(Claim.Event event) implements Command {}

  private record ZnodesTold(TreeCache.Event event) implements Command {}

  /** Another master or the worker was quicker, and the znodes tell of that; or the servers have too much to do. */
  private record Refused(String task) implements Command {}

  /** By now the znodes have told, if there is something to be told. */
  private record DecideAgain(String task) implements Command {}

  private record Accepted() implements Command {}

  private static final Duration DECIDE_AGAIN_AFTER = Duration.ofMillis(500);
  private static final int TASKS_AT_ONCE = 2; // of a worker: it has something to do while the next is decided

  private final ActorContext<Command> context;
  private final ActorRef<Session.Command> session;
  private final Layout layout;
  private final String name;
  private final SortedMap<String, ByteString> znodes = new TreeMap<>();
  private final Map<String, String> underWay = new HashMap<>(); // workers by tasks, not among the znodes yet

  private Master(ActorContext<Command> context, ActorRef<Session.Command> session, Layout layout, String name) {
    this.context = context;
    this.session = session;
    this.layout = layout;
    this.name = name;
  }

  /** A candidate. It stops when its session is over. */
  static Behavior<Command> create(ActorRef<Session.Command> session, Layout layout, String name) {
    return Behaviors.setup(context -> {
      ActorRef<Claim.Event> events = context.messageAdapter(Claim.Event.class, ElectionTold::new);
      context.spawn(LeaderElection.create(session, layout.election(), name, events), "candidate");
      return new Master(context, session, layout, name).candidate();
    });
  }

  private Behavior<Command> candidate() {
    return Behaviors.receiveMessage(message -> switch (message) {
      case ElectionTold(Claim.Held(Fence fence)) -> lead(fence);
      case ElectionTold(Lost lost) -> Behaviors.stopped();
      case ElectionTold other -> Behaviors.same();
      case ZnodesTold early -> Behaviors.unhandled();
      case Accepted early -> Behaviors.unhandled();
      case Refused early -> Behaviors.unhandled();
      case DecideAgain early -> Behaviors.unhandled();
    });
  }

  private Behavior<Command> lead(Fence fence) {
    Examples.say(name, "is the master now");
    ActorRef<TreeCache.Event> events = context.messageAdapter(TreeCache.Event.class, ZnodesTold::new);
    context.spawn(TreeCache.create(session, layout.root(), WatchScope.SUBTREE, events), "znodes");
    return Behaviors.receiveMessage(message -> switch (message) {
      case ZnodesTold told -> {
        learn(told.event());
        yield decide(fence);
      }
      case Refused refused -> {
        context.scheduleOnce(DECIDE_AGAIN_AFTER, context.getSelf(), new DecideAgain(refused.task()));
        yield Behaviors.same();
      }
      case DecideAgain again -> {
        underWay.remove(again.task());
        yield decide(fence);
      }
      case Accepted accepted -> Behaviors.same(); // it is to be seen among the znodes soon
      case ElectionTold(Lost lost) -> {
        Examples.say(name, "is not the master any more: " + lost.failure().message());
        yield Behaviors.stopped();
      }
      case ElectionTold other -> Behaviors.same(); // suspended or resumed: what it decides meanwhile is checked
    });
  }

  private void learn(TreeCache.Event event) {
    switch (event) {
      case TreeCache.Filled filled -> filled.nodes().forEach((path, node) -> znodes.put(path, node.data()));
      case TreeCache.Added added -> {
        znodes.put(added.path(), added.node().data());
        if (added.path().startsWith(layout.assignments())) {
          underWay.remove(Layout.name(added.path()));
        }
      }
      case TreeCache.Updated updated -> znodes.put(updated.path(), updated.node().data());
      case TreeCache.Removed removed -> {
        znodes.remove(removed.path());
        if (removed.path().startsWith(layout.tasks())) {
          underWay.remove(Layout.name(removed.path()));
        }
      }
      default -> {} // how the session is: the candidate hears of that too
    }
  }

  /** Every task is to have a worker that lives. */
  private Behavior<Command> decide(Fence fence) {
    List<String> workers = below(layout.workers()).toList();
    Map<String, String> holders = new HashMap<>(); // workers by tasks
    workers.forEach(worker -> below(layout.assignments(worker)).forEach(task -> holders.put(task, worker)));
    Map<String, String> former = new HashMap<>();
    below(layout.assignments()).filter(worker -> !workers.contains(worker))
        .forEach(gone -> below(layout.assignments(gone)).forEach(task -> former.put(task, gone)));
    holders.putAll(underWay);
    for (String task : below(layout.tasks()).filter(task -> !holders.containsKey(task)).toList()) {
      workers.stream()
          .filter(worker -> load(holders, worker) < TASKS_AT_ONCE)
          .min(Comparator.comparing(worker -> load(holders, worker)))
          .ifPresent(worker -> {
            holders.put(task, worker);
            assign(fence, task, Optional.ofNullable(former.get(task)), worker);
          });
    }
    return Behaviors.same();
  }

  private static long load(Map<String, String> holders, String worker) {
    return holders.values().stream().filter(worker::equals).count();
  }

  /** The names of a znode's children, in their order. */
  private Stream<String> below(String parent) {
    return znodes.subMap(parent + "/", parent + (char) ('/' + 1)).keySet().stream()
        .filter(path -> Layout.parent(path).equals(parent)).map(Layout::name);
  }

  private void assign(Fence fence, String task, Optional<String> former, String worker) {
    former.ifPresent(gone -> Examples.say(name, gone + " is gone, so " + worker + " gets " + task));
    List<Operation.Change<?>> changes = new ArrayList<>();
    changes.add(new Operation.Check(fence.path(), Operation.ANY_VERSION)); // whoever decides this is still the master
    changes.add(new Operation.Check(layout.task(task), Operation.ANY_VERSION));
    former.ifPresent(gone -> changes.add(new Operation.Delete(layout.assignment(gone, task))));
    changes.add(new Operation.Create(
        layout.assignment(worker, task), znodes.get(layout.task(task)), CreateMode.PERSISTENT));
    underWay.put(task, worker);
    context.pipeToSelf(TroupeClient.ask(session, new Operation.Commit(changes)),
        (done, refusal) -> refusal == null ? new Accepted() : new Refused(task));
  }
}
