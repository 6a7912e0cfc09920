package troupe.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.metrics.Metrics;
import troupe.tree.Acl;
import troupe.tree.Applied;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.NodeEvent;
import troupe.tree.Znode;

/**
 * The watch registry of one server, and the gate through which everything committed reaches its sessions.
 *
 * <p>For each batch it finds out which sessions have something coming: events of their watches and the outcomes of
 * their requests, in zxid order. It announces that to them, then publishes the new tree, then hands it over. So a
 * session that reads the new tree knows that there is an event to be told first.
 */
public final class Watches {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** From the replica: these were committed. */
  public record Deliver(List<Applied> applied) implements Command {}

  /** From the replica: everything committed before the leader was asked has been delivered. */
  public record Sync(long session, int cxid) implements Command {}

  /** From the replica: the leader did not take up this request. */
  public record Refuse(long session, int cxid, ErrorCode reason) implements Command {}

  /** From the replica: the session's client is at another server now. */
  public record Moved(long session) implements Command {}

  /** From the replica: everything before has been published; they want to know. */
  public record Tell<T>(ActorRef<T> to, T message) implements Command {
    private void pass() {
      to.tell(message);
    }
  }

  /** Told now, and whenever a newer tree has been published, until it stops. */
  public record Observe(ActorRef<Published> observer) implements Command {}

  /** To observers: there is a newer tree, and all that led to it is in the {@link ChangeHistory}. */
  public enum Published {
    NEWER
  }

  record ObserverGone(ActorRef<Published> observer) implements Command {}

  /** How many watches are there? One for the data and one for the children of a node are two, as in ZooKeeper. */
  public record GetCount(ActorRef<Integer> replyTo) implements Command {}

  /** How many sessions watch exactly this path? */
  public record CountWatchers(String path, ActorRef<Integer> replyTo) implements Command {}

  /** Who watches the data of what? Answered with {@link Summary}. Takes its time where there are many. */
  public record GetSummary(ActorRef<Summary> replyTo) implements Command {}

  /** All watches but those for children only: what ZooKeeper tells of its own. */
  public record Summary(Map<Long, List<String>> bySession, Map<String, List<Long>> byPath) {}

  /** There is a leader, and everything that was committed before it led here has been delivered. */
  public record Led(Leadership by) implements Command {}

  /** There is no leader any more, and what it had committed has been delivered as far as it was known here. */
  public record Leaderless() implements Command {}

  /** A session begins. It is told of the leader as soon as there is one. */
  record Connect(SessionHandle session) implements Command {}

  /** A connected session's actor has stopped, for whatever reason. */
  record Disconnect(SessionHandle session) implements Command {}

  /**
   * From a session: it has read these paths for somebody who wants to know when they change.
   *
   * @param zxid the state that it read
   */
  record Register(SessionHandle session, long zxid, List<Watch> watches) implements Command {}

  record Ask(SessionHandle session, ClientRequest.WatchRequest request) implements Command {}

  /**
   * @param children whether it is for the children, rather than the data
   * @param present whether there was such a node
   */
  record Watch(String path, boolean children, boolean present) {}

  private record Recent(long zxid, NodeEvent event) {}

  /** Events kept for watches that are registered a little later than they were read. */
  private static final int RECENT = 10_000;
  private static final int RECENT_CHARACTERS = 4 << 20; // of their paths

  private final ActorContext<Command> context;
  private final PublishedTree published;
  private final Metrics metrics;
  private final WatchTable table = new WatchTable();
  private final Map<Long, SessionHandle> sessions = new HashMap<>();
  private final List<ActorRef<Published>> observers = new ArrayList<>();
  private final Deque<Recent> recent = new ArrayDeque<>();

  private Optional<Leadership> leadership = Optional.empty();

  /** Everything after this is in {@code recent}. */
  private long recentSince;
  private int recentCharacters;

  private Watches(ActorContext<Command> context, PublishedTree published, Metrics metrics) {
    this.context = context;
    this.published = published;
    this.metrics = metrics;
    this.recentSince = published.get().lastZxidNumber();
  }

  public static Behavior<Command> create(PublishedTree published, Metrics metrics) {
    return Behaviors.setup(context -> Behaviors.receiveMessage(new Watches(context, published, metrics)::onMessage));
  }

  private Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Deliver deliver -> deliver(deliver.applied());
      case Sync sync -> ifConnected(sync.session(), handle ->
          tell(handle, new Delivery.Synced(sync.cxid(), published.get())));
      case Refuse refuse -> ifConnected(refuse.session(), handle ->
          tell(handle, new Delivery.Refused(refuse.cxid(), refuse.reason(), published.get())));
      case Moved moved -> ifConnected(moved.session(), handle -> tell(handle, new Delivery.Moved()));
      case Tell<?> tell -> tell.pass();
      case Led led -> {
        leadership = Optional.of(led.by());
        tellAll(new Delivery.Led(led.by()));
      }
      case Leaderless leaderless -> {
        leadership = Optional.empty();
        tellAll(new Delivery.Leaderless());
      }
      case Observe observe -> {
        observers.add(observe.observer());
        context.watchWith(observe.observer(), new ObserverGone(observe.observer()));
        observe.observer().tell(Published.NEWER); // there may be one that it has not seen
      }
      case ObserverGone gone -> observers.remove(gone.observer());
      case Connect connect -> {
        SessionHandle session = connect.session();
        sessions.put(session.id(), session);
        context.watchWith(session.session(), new Disconnect(session));
        leadership.ifPresent(by -> tell(session, new Delivery.Led(by)));
      }
      case Disconnect disconnect -> {
        sessions.remove(disconnect.session().id(), disconnect.session());
        table.removeAll(disconnect.session());
      }
      case Register register -> register(register);
      case Ask ask -> answer(ask);
      case GetCount get -> get.replyTo().tell(table.watches());
      case CountWatchers count -> count.replyTo().tell(table.watchersOf(count.path()));
      case GetSummary get -> get.replyTo().tell(summary());
    }
    return Behaviors.same();
  }

  private void deliver(List<Applied> batch) {
    Map<SessionHandle, List<Delivery>> deliveries = new LinkedHashMap<>();
    for (Applied applied : batch) {
      long zxid = applied.transaction().zxid().toLong();
      for (NodeEvent event : applied.events()) {
        remember(new Recent(zxid, event));
        Collection<SessionHandle> watchers = table.fire(event.kind(), event.path());
        metrics.watchesFired(event.kind(), watchers.size());
        for (SessionHandle watcher : watchers) {
          deliveries.computeIfAbsent(watcher, w -> new ArrayList<>()).add(new Delivery.Event(zxid, event));
        }
      }
      SessionHandle asker = sessions.get(applied.transaction().session());
      if (asker != null) {
        deliveries.computeIfAbsent(asker, a -> new ArrayList<>(1)).add(new Delivery.Completed(applied));
      }
    }
    deliveries.keySet().forEach(SessionHandle::announce);
    published.publish(batch.getLast().tree());
    deliveries.forEach((session, list) -> session.tell(new Session.Deliveries(list)));
    observers.forEach(observer -> observer.tell(Published.NEWER));
  }

  private void register(Register register) {
    List<Delivery.Event> allMissed = new ArrayList<>();
    for (Watch watch : register.watches()) {
      int kind = watch.children() ? WatchTable.CHILD : WatchTable.DATA;
      Optional<Delivery.Event> missed = register.zxid() == published.get().lastZxidNumber()
          ? Optional.empty()
          : changeSince(register.zxid(), watch);
      if (missed.isPresent()) {
        allMissed.add(missed.get());
      } else if (isConnected(register.session())) {
        table.add(register.session(), watch.path(), kind);
      }
    }
    tell(register.session(), new Delivery.Registered(allMissed));
  }

  /** The first event after that zxid which the watch would have been told of. */
  private Optional<Delivery.Event> changeSince(long zxid, Watch watch) {
    if (zxid < recentSince) {
      return seenFromTheNode(zxid, watch);
    }
    Optional<Recent> first = Optional.empty();
    Iterator<Recent> fromTheLast = recent.descendingIterator(); // a registration is late by a few events only
    while (fromTheLast.hasNext()) {
      Recent each = fromTheLast.next();
      if (each.zxid() <= zxid) {
        break;
      }
      if (each.event().path().equals(watch.path()) && concerns(watch, each.event().kind())) {
        first = Optional.of(each);
      }
    }
    return first.map(each -> new Delivery.Event(each.zxid(), each.event()));
  }

  /** After thousands of events: what was missed is told as to a client that was away. */
  private Optional<Delivery.Event> seenFromTheNode(long zxid, Watch watch) {
    Optional<Znode> node = published.get().find(watch.path());
    Optional<NodeEvent.Kind> kind = watch.present()
        ? missed(node, zxid, watch.children())
        : node.map(created -> NodeEvent.Kind.CREATED);
    return kind.map(what -> new Delivery.Event(
        published.get().lastZxidNumber(),
        new NodeEvent(what, watch.path(), node.map(Znode::acl).orElse(Acl.OPEN))));
  }

  private static boolean concerns(Watch watch, NodeEvent.Kind kind) {
    return switch (kind) {
      case CREATED, DATA_CHANGED -> !watch.children();
      case CHILDREN_CHANGED -> watch.children();
      case DELETED -> true;
    };
  }

  private void answer(Ask ask) {
    List<Delivery> deliveries = new ArrayList<>();
    Answer answer = switch (ask.request()) {
      case ClientRequest.AddWatch add -> {
        addIfConnected(ask.session(), add.path(), add.recursive() ? WatchTable.RECURSIVE : WatchTable.PERSISTENT);
        yield new Answer.Done();
      }
      case ClientRequest.CheckWatch check -> table.contains(ask.session(), check.path(), check.type())
          ? new Answer.Done()
          : new Answer.Failed(ErrorCode.NO_WATCHER);
      case ClientRequest.RemoveWatch remove -> table.remove(ask.session(), remove.path(), remove.type())
          ? new Answer.Done()
          : new Answer.Failed(ErrorCode.NO_WATCHER);
      case ClientRequest.SetWatches set -> {
        setWatches(ask.session(), set, deliveries);
        yield set.complete() ? new Answer.Done() : new Answer.Failed(ErrorCode.MARSHALLING_ERROR);
      }
    };
    deliveries.add(new Delivery.Answered(answer, published.get()));
    tell(ask.session(), deliveries);
  }

  private void setWatches(SessionHandle session, ClientRequest.SetWatches set, List<Delivery> deliveries) {
    DataTree tree = published.get();
    for (String path : set.data()) {
      missed(tree.find(path), set.since(), false).ifPresentOrElse(
          kind -> deliveries.add(new Delivery.MissedEvent(kind, path)),
          () -> addIfConnected(session, path, WatchTable.DATA));
    }
    for (String path : set.exist()) {
      if (tree.find(path).isPresent()) {
        deliveries.add(new Delivery.MissedEvent(NodeEvent.Kind.CREATED, path));
      } else {
        addIfConnected(session, path, WatchTable.DATA);
      }
    }
    for (String path : set.child()) {
      missed(tree.find(path), set.since(), true).ifPresentOrElse(
          kind -> deliveries.add(new Delivery.MissedEvent(kind, path)),
          () -> addIfConnected(session, path, WatchTable.CHILD));
    }
    set.persistent().forEach(path -> addIfConnected(session, path, WatchTable.PERSISTENT));
    set.recursive().forEach(path -> addIfConnected(session, path, WatchTable.RECURSIVE));
  }

  /** What happened after that zxid to a node that was there then, as far as it can be seen from the node. */
  private static Optional<NodeEvent.Kind> missed(Optional<Znode> node, long zxid, boolean children) {
    if (node.isEmpty()) {
      return Optional.of(NodeEvent.Kind.DELETED);
    }
    if (children) {
      return node.get().pzxid() > zxid ? Optional.of(NodeEvent.Kind.CHILDREN_CHANGED) : Optional.empty();
    }
    return node.get().mzxid() > zxid ? Optional.of(NodeEvent.Kind.DATA_CHANGED) : Optional.empty();
  }

  private void remember(Recent event) {
    recent.add(event);
    recentCharacters += event.event().path().length();
    while (recent.size() > RECENT || recentCharacters > RECENT_CHARACTERS) {
      Recent forgotten = recent.poll();
      recentSince = forgotten.zxid();
      recentCharacters -= forgotten.event().path().length();
    }
  }

  private Summary summary() {
    Map<Long, List<String>> bySession = new HashMap<>();
    Map<String, List<Long>> byPath = new HashMap<>();
    table.forEachWatchOfData((session, path) -> {
      bySession.computeIfAbsent(session, s -> new ArrayList<>()).add(path);
      byPath.computeIfAbsent(path, p -> new ArrayList<>()).add(session);
    });
    return new Summary(bySession, byPath);
  }

  /** A session whose connection has just gone may still have something on its way here: nothing is kept for it. */
  private boolean isConnected(SessionHandle session) {
    return sessions.get(session.id()) == session;
  }

  private void addIfConnected(SessionHandle session, String path, int kind) {
    if (isConnected(session)) {
      table.add(session, path, kind);
    }
  }

  private void ifConnected(long session, Consumer<SessionHandle> action) {
    SessionHandle handle = sessions.get(session);
    if (handle != null) {
      action.accept(handle);
    }
  }

  private void tellAll(Delivery delivery) {
    sessions.values().forEach(session -> tell(session, delivery));
  }

  private static void tell(SessionHandle session, Delivery delivery) {
    tell(session, List.of(delivery));
  }

  private static void tell(SessionHandle session, List<Delivery> deliveries) {
    session.announce();
    session.tell(new Session.Deliveries(deliveries));
  }
}
