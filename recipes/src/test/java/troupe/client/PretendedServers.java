package troupe.client;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;

/**
 * A tree in memory, and sessions of it that lose their server, come back and expire when a test says so. It stands in this
 * package for what sessions and streams tell each other.
 */
public final class PretendedServers {
  /** What a test does to a session. */
  private enum Fate {
    SUSPEND,
    RESUME,
    EXPIRE,
    LOOK
  }

  /** What happens after the next operation of a kind, before its session hears of it. */
  private record Interruption(Class<?> kind, Runnable event) {}

  private record Refusal(Class<?> kind, ErrorCode code) {}

  private record Znode(ByteString data, long czxid, long mzxid, int version, long owner) {
    Stat stat() {
      return new Stat(czxid, mzxid, Instant.EPOCH, Instant.EPOCH, version, 0, 0, owner, data.size(), 0, czxid);
    }
  }

  private final NavigableMap<String, Znode> tree =
      new TreeMap<>(Map.of("/", new Znode(ByteString.emptyByteString(), 0, 0, 0, 0)));
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<WatchEvent> history = new ArrayList<>();
  private final List<ActorRef<Object>> sessions = new ArrayList<>();
  private long zxid;
  private long lastSession;
  private Optional<Interruption> interruption = Optional.empty();
  private Optional<Refusal> refusal = Optional.empty();
  private int waiting;

  /** A new session, which has a server. */
  public Behavior<Session.Command> session() {
    Behavior<Object> session = Behaviors.setup(context -> {
      Pretended pretended;
      synchronized (this) {
        pretended = new Pretended(++lastSession);
        sessions.add(context.getSelf());
      }
      return Behaviors.receiveMessage(pretended::onMessage);
    });
    return session.narrow();
  }

  public static void suspend(ActorRef<Session.Command> session) {
    session.<Object>unsafeUpcast().tell(Fate.SUSPEND);
  }

  public static void resume(ActorRef<Session.Command> session) {
    session.<Object>unsafeUpcast().tell(Fate.RESUME);
  }

  public static void expire(ActorRef<Session.Command> session) {
    session.<Object>unsafeUpcast().tell(Fate.EXPIRE);
  }

  /** As another client sees it. */
  public synchronized List<String> children(String parent) {
    return childrenOf(parent);
  }

  /** As another client sees it. */
  public synchronized ByteString data(String path) {
    return tree.get(path).data();
  }

  /** As another client does it. */
  public synchronized Result<?> act(Operation<?> operation) {
    return perform(operation, 0);
  }

  /** This happens between the next operation of this kind that a session does, and what it does next. */
  public synchronized void interruptAfter(Class<? extends Operation<?>> kind, Runnable event) {
    interruption = Optional.of(new Interruption(kind, event));
  }

  /** The next operation of this kind that a session asks for is not done. */
  public synchronized void refuse(Class<? extends Operation<?>> kind, ErrorCode code) {
    refusal = Optional.of(new Refusal(kind, code));
  }

  /** How many operations wait for their sessions to have a server again. */
  public synchronized int waiting() {
    return waiting;
  }

  private Result<?> performFor(long session, Operation<?> operation) {
    Optional<Refusal> refused = refusal.filter(each -> each.kind().isInstance(operation));
    if (refused.isPresent()) {
      refusal = Optional.empty();
    }
    Result<?> result = refused.<Result<?>>map(each -> failed(each.code(), "so the test says"))
        .orElseGet(() -> perform(operation, session));
    Optional<Interruption> now = interruption.filter(each -> each.kind().isInstance(operation));
    if (now.isPresent()) {
      interruption = Optional.empty();
      now.get().event().run();
    }
    return result;
  }

  private List<String> childrenOf(String parent) {
    String below = parent.equals("/") ? "/" : parent + "/";
    return tree.keySet().stream()
        .filter(path -> path.startsWith(below) && path.length() > below.length() && path.indexOf('/', below.length()) < 0)
        .map(path -> path.substring(below.length())).toList();
  }

  private Result<?> perform(Operation<?> operation, long session) {
    return switch (operation) {
      case Operation.Create create -> create(create, session);
      case Operation.Delete delete -> withNode(delete.path(), node -> {
        if (!childrenOf(delete.path()).isEmpty()) {
          return failed(ErrorCode.NOT_EMPTY, delete.path());
        }
        remove(delete.path());
        return new Result.Done<>(new Answer.Deleted(zxid));
      });
      case Operation.SetData set -> withNode(set.path(), node -> {
        if (set.version() >= 0 && set.version() != node.version()) {
          return failed(ErrorCode.BAD_VERSION, set.path());
        }
        Znode after = new Znode(set.data(), node.czxid(), ++zxid, node.version() + 1, node.owner());
        tree.put(set.path(), after);
        happened(WatchEvent.Kind.DATA_CHANGED, set.path());
        return new Result.Done<>(new Answer.DataSet(after.stat(), zxid));
      });
      case Operation.GetData get ->
          withNode(get.path(), node -> new Result.Done<>(new Answer.Node(node.data(), node.stat(), zxid)));
      case Operation.Exists exists -> new Result.Done<>(
          new Answer.Existence(Optional.ofNullable(tree.get(exists.path())).map(Znode::stat), zxid));
      case Operation.GetChildren get -> withNode(get.path(), node ->
          new Result.Done<>(new Answer.Children(childrenOf(get.path()), node.stat(), zxid)));
      default -> throw new IllegalArgumentException("not pretended: " + operation);
    };
  }

  private Result<?> withNode(String path, Function<Znode, Result<?>> then) {
    Znode node = tree.get(path);
    return node == null ? failed(ErrorCode.NO_NODE, path) : then.apply(node);
  }

  private static Result<?> failed(ErrorCode code, String path) {
    return new Result.Failed<>(new Failure(code, path));
  }

  private Result<?> create(Operation.Create create, long session) {
    String parent = create.path().lastIndexOf('/') == 0 ? "/" : create.path().substring(0, create.path().lastIndexOf('/'));
    boolean sequential =
        create.mode() == CreateMode.EPHEMERAL_SEQUENTIAL || create.mode() == CreateMode.PERSISTENT_SEQUENTIAL;
    boolean ephemeral = create.mode() == CreateMode.EPHEMERAL_SEQUENTIAL || create.mode() == CreateMode.EPHEMERAL;
    if (!tree.containsKey(parent)) {
      return failed(ErrorCode.NO_NODE, create.path());
    }
    String path =
        sequential ? create.path() + "%010d".formatted(numbers.getOrDefault(parent, 0)) : create.path();
    if (tree.containsKey(path)) {
      return failed(ErrorCode.NODE_EXISTS, path);
    }
    numbers.merge(parent, 1, Integer::sum);
    zxid++;
    Znode made = new Znode(create.data(), zxid, zxid, 0, ephemeral ? session : 0);
    tree.put(path, made);
    happened(WatchEvent.Kind.CREATED, path);
    return new Result.Done<>(new Answer.Created(path, made.stat(), zxid));
  }

  private void remove(String path) {
    zxid++;
    tree.remove(path);
    happened(WatchEvent.Kind.DELETED, path);
  }

  private void happened(WatchEvent.Kind kind, String path) {
    history.add(new WatchEvent(zxid, 0, kind, path));
    sessions.forEach(session -> session.tell(Fate.LOOK));
  }

  /** One session. */
  private final class Pretended {
    private final long id;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final Map<Object, Consumer<SessionEvent>> listeners = new HashMap<>();
    private final Map<Long, Stream> streams = new HashMap<>();
    private SessionEvent last;
    private long opened;

    Pretended(long id) {
      this.id = id;
      this.last = new SessionEvent.Connected(new SessionId(id, 0, 0), "pretended");
    }

    Behavior<Object> onMessage(Object message) {
      switch (message) {
        case Fate fate -> onFate(fate);
        case Session.Submit<?> submit -> ask(submit.operation(), result -> complete(submit.promise(), result));
        case Session.Subscribe subscribe -> listen(subscribe.subscriber(), subscribe.subscriber()::tell);
        case Session.Unsubscribe unsubscribe -> listeners.remove(unsubscribe.subscriber());
        case Session.Listen listen -> listen(listen.listener(), listen.listener());
        case Session.Close close -> end(new SessionEvent.Ended(new Failure(ErrorCode.SESSION_CLOSED, "closed")));
        case Session.OpenStream open -> {
          streams.put(++opened, new Stream(open));
          open.opened().complete(opened);
        }
        case Session.TakeChanges take -> Optional.ofNullable(streams.get(take.stream()))
            .ifPresentOrElse(stream -> stream.take(take.promise()), () -> take.promise().complete(List.of()));
        case Session.CloseStream close -> streams.remove(close.stream());
        default -> throw new IllegalArgumentException("not pretended: " + message);
      }
      return Behaviors.same();
    }

    private void onFate(Fate fate) {
      switch (fate) {
        case SUSPEND -> tell(new SessionEvent.Suspended("so the test says"));
        case RESUME -> {
          tell(new SessionEvent.Connected(new SessionId(id, 0, 0), "pretended"));
          askAgain();
          look();
        }
        case EXPIRE -> end(new SessionEvent.Expired());
        case LOOK -> look();
      }
    }

    private boolean isOver() {
      return last instanceof SessionEvent.Expired || last instanceof SessionEvent.Ended;
    }

    private boolean isConnected() {
      return last instanceof SessionEvent.Connected;
    }

    private void end(SessionEvent event) {
      synchronized (PretendedServers.this) {
        tree.entrySet().stream().filter(node -> node.getValue().owner() == id).map(Map.Entry::getKey).toList()
            .forEach(PretendedServers.this::remove);
      }
      tell(event);
      askAgain();
    }

    private void askAgain() {
      while (!waiting.isEmpty()) {
        countWaiting(-1);
        waiting.poll().run();
      }
    }

    private void countWaiting(int more) {
      synchronized (PretendedServers.this) {
        PretendedServers.this.waiting += more;
      }
    }

    private void ask(Operation<?> operation, Consumer<Result<?>> answer) {
      if (!isConnected() && !isOver()) {
        waiting.add(() -> ask(operation, answer));
        countWaiting(1);
      } else if (isOver()) {
        answer.accept(failed(ErrorCode.SESSION_EXPIRED, "over"));
      } else {
        synchronized (PretendedServers.this) {
          answer.accept(performFor(id, operation));
        }
      }
    }

    @SuppressWarnings("unchecked")
    private static <R extends Answer> void complete(CompletableFuture<R> promise, Result<?> result) {
      switch (result) {
        case Result.Done<?> done -> promise.complete((R) done.answer());
        case Result.Failed<?> failed -> promise.completeExceptionally(new TroupeException(failed.failure()));
      }
    }

    private void listen(Object who, Consumer<SessionEvent> listener) {
      listeners.put(who, listener);
      listener.accept(last);
    }

    private void tell(SessionEvent event) {
      last = event;
      List.copyOf(listeners.values()).forEach(listener -> listener.accept(event));
    }

    private void look() {
      streams.values().forEach(Stream::give);
    }

    /** Changes of some znodes. */
    private final class Stream {
      private final Session.OpenStream open;
      private long after;
      private Optional<CompletableFuture<List<WatchEvent>>> taker = Optional.empty();

      Stream(Session.OpenStream open) {
        this.open = open;
        this.after = open.after().orElseThrow();
      }

      void take(CompletableFuture<List<WatchEvent>> promise) {
        taker = Optional.of(promise);
        give();
      }

      private void give() {
        if (taker.isEmpty() || !isConnected()) {
          return;
        }
        List<WatchEvent> changes;
        synchronized (PretendedServers.this) {
          changes = history.stream().filter(event -> event.zxid() > after && concerns(event.path())).toList();
          after = zxid;
        }
        if (!changes.isEmpty()) {
          CompletableFuture<List<WatchEvent>> promise = taker.get();
          taker = Optional.empty();
          promise.complete(changes);
        }
      }

      private boolean concerns(String changed) {
        String below = open.path().equals("/") ? "/" : open.path() + "/";
        return switch (open.scope()) {
          case NODE -> changed.equals(open.path());
          case CHILDREN -> changed.startsWith(below) && changed.indexOf('/', below.length()) < 0;
          case SUBTREE -> changed.equals(open.path()) || changed.startsWith(below);
        };
      }
    }
  }
}
