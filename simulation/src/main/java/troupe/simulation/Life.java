package troupe.simulation;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.actors.Server;
import troupe.actors.ServerSettings;
import troupe.ensemble.Links;
import troupe.persistence.ChunkedFile;
import troupe.persistence.JournalStores;
import troupe.persistence.SnapshotSettings;
import troupe.tree.DataTree;

/**
 * One life of a server: a process, from its start to its crash or its end. An actor system of its own, as a process
 * has; what it leaves behind is on its disk.
 */
final class Life {
  /** What the world hears of it. */
  interface Listener {
    void serves(Life life);

    void servesNoMore(Life life);

    void ended(Life life);
  }

  private final Kernel kernel;
  private final Machine machine;
  private final Lane lane;
  private final SimulatedJournal journal;
  private final SimulatedFiles files;
  private final Listener listener;
  private final List<Wire> wires = new ArrayList<>();
  private final List<Consumer<Server.Serving>> waiting = new ArrayList<>();
  private final Map<Long, Long> heard = new HashMap<>();
  private Optional<Server.Serving> serving = Optional.empty();
  private final Deque<Server.Command> inbox = new ArrayDeque<>();
  private Optional<ActorSystem<Server.Command>> system = Optional.empty();
  private boolean excused;
  private boolean closed;
  private int retirements;
  private DataTree lastSeen = DataTree.initial();

  Life(Kernel kernel, Machine machine, String name, SimulatedJournal journal, SimulatedFiles files, Listener listener) {
    this.kernel = kernel;
    this.machine = machine;
    this.lane = new Lane(kernel, name);
    this.journal = journal;
    this.files = files;
    this.listener = listener;
  }

  Lane lane() {
    return lane;
  }

  Machine machine() {
    return machine;
  }

  /** Whether its disk has failed it, so that it may end. */
  boolean isExcused() {
    return excused || journal.hasFailed();
  }

  void excuse() {
    excused = true;
  }

  /** Whether it takes connections, or would if it served. */
  boolean isOpen() {
    return !closed;
  }

  boolean isServing() {
    return serving.isPresent();
  }

  boolean leads() {
    return serving.map(now -> now.office().mode())
        .filter(mode -> mode == Server.Mode.LEADER || mode == Server.Mode.STANDALONE)
        .isPresent();
  }

  /** Of the leader that it follows, or is; only while it serves. */
  long epoch() {
    return serving.orElseThrow().office().epoch();
  }

  /** What it shows its clients; only while it serves. */
  DataTree tree() {
    return serving.orElseThrow().published().get();
  }

  /** As soon as it serves, if it does so in this life. */
  void whenServing(Consumer<Server.Serving> action) {
    serving.ifPresentOrElse(action, () -> waiting.add(action));
  }

  void connected(Wire wire) {
    wires.add(wire);
  }

  /** A session's client has been heard of. */
  void heardOf(Wire wire) {
    heard.put(wire.session(), kernel.now());
  }

  /** When the server last heard of a session, in nanoseconds. */
  Optional<Long> lastHeard(long session) {
    return Optional.ofNullable(heard.get(session));
  }

  void begin(Config config, Server.Sources sources, Links links) {
    lane.execute(() -> boot(config, sources, links));
  }

  private void boot(Config config, Server.Sources sources, Links links) {
    ServerSettings settings = settings(config);
    removeLeftovers(settings.snapshots().directory());
    ActorSystem<Server.Command> begun = ActorSystem.create(
        Server.create(settings, sources, journal, links),
        "troupe",
        ActorSystemSetup.create(
            BootstrapSetup.create(config).withClassloader(Life.class.getClassLoader()),
            new JournalStores.Given(journal)));
    // With an executor of its own: Scala's stages take the common pool otherwise.
    system = Optional.of(begun);
    begun.getWhenTerminated().thenRunAsync(() -> listener.ended(this), lane);
    ActorRef<Server.Service> subscriber = begun.systemActorOf(subscriber(), "subscriber", Props.empty());
    begun.tell(new Server.Subscribe(subscriber));
  }

  private ServerSettings settings(Config config) {
    ServerSettings read = ServerSettings.from(config.getConfig("troupe"));
    SnapshotSettings snapshots = read.snapshots();
    return new ServerSettings(
        read.ensemble(),
        new SnapshotSettings(files.path("/data/snapshots"), snapshots.every(), snapshots.kept(), snapshots.purge()),
        read.election(),
        read.broadcast(),
        read.session(),
        read.containerCheck(),
        read.containersPerMinute(),
        read.leaderWait(),
        read.changesKept());
  }

  private static void removeLeftovers(Path directory) {
    try {
      ChunkedFile.removeLeftovers(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Behavior<Server.Service> subscriber() {
    return Behaviors.receiveMessage(service -> {
      switch (service) {
        case Server.Serving now -> {
          serving = Optional.of(now);
          lastSeen = DataTree.initial();
          heard.clear();
          listener.serves(this);
          wires.forEach(wire -> wire.served(now.office().epoch()));
          List<Consumer<Server.Serving>> all = List.copyOf(waiting);
          waiting.clear();
          all.forEach(action -> action.accept(now));
        }
        case Server.NotServing not -> {
          if (serving.isPresent()) {
            listener.servesNoMore(this);
          }
          serving = Optional.empty();
          if (!not.clientsWait()) {
            wires.forEach(wire -> wire.close("this server does not serve at the moment"));
          }
        }
      }
      return Behaviors.same();
    });
  }

  /** The tree that it shows its clients, if that has changed since this was last asked. */
  Optional<DataTree> news() {
    if (serving.isEmpty()) {
      return Optional.empty();
    }
    DataTree now = tree();
    if (now == lastSeen) {
      return Optional.empty();
    }
    if (now.lastZxidNumber() < lastSeen.lastZxidNumber()) {
      throw new Violation(this + " went back from " + lastSeen.lastZxid() + " to " + now.lastZxid());
    }
    lastSeen = now;
    return Optional.of(now);
  }

  /**
   * Asks it to stop, as an operator does: its clients go first, then its role.
   *
   * @param stopped what happens when it has
   */
  void stop(Runnable stopped) {
    lane.execute(() -> system.ifPresent(running -> {
      closed = true;
      wires.forEach(wire -> wire.close("this server stops"));
      running.tell(new Server.Retire(running.systemActorOf(
          Behaviors.receiveMessage(done -> {
            stopped.run();
            return Behaviors.stopped();
          }),
          "retirement-" + ++retirements,
          Props.empty())));
    }));
  }

  /** From the network, in this order. */
  void tell(Server.Command message) {
    inbox.add(message);
    lane.execute(() -> system.ifPresent(running -> running.tell(inbox.remove())));
  }

  /** Nothing it does from here on has an effect. */
  void end(boolean clientsAreTold) {
    lane.end();
    serving = Optional.empty();
    wires.forEach(wire -> wire.serverGone(clientsAreTold));
    wires.clear();
  }

  @Override
  public String toString() {
    return lane.toString();
  }
}
