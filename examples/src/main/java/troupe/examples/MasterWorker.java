package troupe.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.util.ByteString;
import troupe.client.Answer;
import troupe.client.CreateMode;
import troupe.client.SessionSettings;
import troupe.client.TroupeClient;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;
import troupe.recipes.LeaderElection;
import troupe.recipes.Renewed;

/**
 * The master and its workers of the ZooKeeper book. This process is the client that submits tasks and waits for results; the
 * members are processes of which each is a worker, and a candidate for master beside it. A worker is killed when a third of
 * the results is there, and the master after two thirds.
 */
final class MasterWorker {
  private static final int TASKS = 60;
  private static final long FIRST_NUMBER = 1_000_001;

  private MasterWorker() {}

  /** A member: all that there is to its process. It is a candidate and a worker again whenever a session has expired. */
  static int member(Options options) throws Exception {
    String name = options.words().get(0);
    Layout layout = new Layout(options.words().get(1));
    SessionSettings settings = options.session();
    Behavior<Void> guardian = Behaviors.setup(context -> {
      // Should one of them end, this process does.
      context.watch(context.spawn(
          Renewed.<Master.Command>create(settings, session -> Master.create(session, layout, name)), "master"));
      context.watch(context.spawn(
          Renewed.<Worker.Command>create(settings, session -> Worker.create(session, layout, name)), "worker"));
      return Behaviors.empty();
    });
    ActorSystem.create(guardian, "troupe", options.config()).getWhenTerminated().toCompletableFuture().get();
    return Examples.WRONG;
  }

  static int run(Options options) throws Exception {
    int number = options.size().orElse(TASKS);
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "troupe", options.config());
    TroupeClient client = get(TroupeClient.open(system, options.session().withTimeout(Examples.PATIENCE)));
    Layout layout = begin(client);
    Map<String, Child> members = new TreeMap<>();
    try {
      for (String name : List.of("ann", "ben", "eve")) {
        members.put(name, Child.start(options, "member", name, layout.root()));
      }
      SinkQueueWithCancel<String> finished = finished(system, client, layout);
      Map<String, Long> tasks = submit(client, layout, number);
      Map<String, String> results = new TreeMap<>();
      while (results.size() < number) {
        String task = get(finished.pull()).orElseThrow();
        String result = get(client.getData(layout.result(task))).data().utf8String();
        if (results.put(task, result) != null) {
          throw new IllegalStateException("a second result of " + task);
        }
        if (results.size() == number / 3) {
          String master = master(client, layout);
          String worker = members.keySet().stream().filter(name -> !name.equals(master)).findFirst().orElseThrow();
          Examples.say("story", results.size() + " results; " + worker + ", a worker, is killed");
          members.remove(worker).kill();
        }
        if (results.size() == 2 * number / 3) {
          String master = master(client, layout);
          Examples.say("story", results.size() + " results; " + master + ", the master, is killed");
          members.remove(master).kill();
        }
      }
      long right = tasks.entrySet().stream().filter(task -> task.getValue() == product(results.get(task.getKey()))).count();
      Examples.say("result", right + " of " + number + " tasks have the right result, each has one");
      cleanUp(client, layout);
      return Examples.exitCode(right == number);
    } finally {
      members.values().forEach(Child::close);
      get(client.close());
      system.terminate();
    }
  }

  /** The root is a container, which the servers delete some time after it has become empty. */
  private static Layout begin(TroupeClient client) throws Exception {
    Layout layout = new Layout("/master-worker-" + ProcessHandle.current().pid() + "-" + System.currentTimeMillis());
    get(client.transaction()
        .create(layout.root(), ByteString.emptyByteString(), CreateMode.CONTAINER)
        .create(layout.tasks(), ByteString.emptyByteString(), CreateMode.PERSISTENT)
        .create(layout.assignments(), ByteString.emptyByteString(), CreateMode.PERSISTENT)
        .create(layout.results(), ByteString.emptyByteString(), CreateMode.PERSISTENT)
        .commit());
    return layout;
  }

  /** The names of tasks as they are finished: a stream of changes leaves none out, whatever becomes of servers. */
  private static SinkQueueWithCancel<String> finished(ActorSystem<?> system, TroupeClient client, Layout layout)
      throws Exception {
    long now = get(client.exists(layout.results())).zxid();
    return client.watch(layout.results(), WatchScope.CHILDREN, now)
        .filter(change -> change.kind() == WatchEvent.Kind.CREATED)
        .map(change -> Layout.name(change.path()))
        .runWith(Sink.queue(), system);
  }

  /** All at once; a client need not wait for one answer before it asks the next. */
  private static Map<String, Long> submit(TroupeClient client, Layout layout, int number) throws Exception {
    List<CompletionStage<Answer.Created>> submitted = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      submitted.add(client.create(layout.task("task-"), ByteString.fromString(Long.toString(FIRST_NUMBER + i)),
          CreateMode.PERSISTENT_SEQUENTIAL));
    }
    Map<String, Long> tasks = new TreeMap<>();
    for (int i = 0; i < number; i++) {
      tasks.put(Layout.name(get(submitted.get(i)).path()), FIRST_NUMBER + i);
    }
    Examples.say("story", number + " tasks are submitted, to take numbers apart into their factors");
    return tasks;
  }

  private static String master(TroupeClient client, Layout layout) throws Exception {
    return get(LeaderElection.leader(client.session(), layout.election())).orElseThrow().id();
  }

  private static long product(String factors) {
    return Stream.of(factors.split(" \\* ")).mapToLong(Long::parseLong).reduce(1, (a, b) -> a * b);
  }

  private static void cleanUp(TroupeClient client, Layout layout) throws Exception {
    for (String parent : List.of(layout.results(), layout.assignments(), layout.tasks())) {
      for (String child : get(client.getChildren(parent)).names()) {
        get(client.delete(parent + "/" + child));
      }
      get(client.delete(parent));
    }
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(Examples.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
