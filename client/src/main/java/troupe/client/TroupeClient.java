package troupe.client;

import com.typesafe.config.Config;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * One session, with an answer for every question in the future. May be used by any number of threads; what one thread
 * asks is done in the order in which it asked.
 *
 * <p>A question whose answer is no completes with a {@link TroupeException}. Questions asked while the session has no
 * server wait for one: nothing is lost, and nothing done twice. What callers hang on to the futures runs on the session's
 * own thread and must not wait.
 */
public final class TroupeClient {
  private static final AtomicLong NUMBERS = new AtomicLong(); // of sessions: their actors need names

  private final ActorRef<Session.Command> session;
  private final AtomicReference<SessionEvent> last = new AtomicReference<>(new SessionEvent.Connecting());

  private TroupeClient(ActorRef<Session.Command> session) {
    this.session = session;
  }

  /** A session with the settings of the actor system's configuration, block {@code troupe-client}. */
  public static CompletionStage<TroupeClient> open(ActorSystem<?> system) {
    Config config = system.settings().config().getConfig("troupe-client");
    return open(system, SessionSettings.from(config));
  }

  /**
   * Opens a session. Completes when it is open, or with a {@link TroupeException} if none can be.
   *
   * @param system part of the servers' cluster, or to become part of it
   */
  public static CompletionStage<TroupeClient> open(ActorSystem<?> system, SessionSettings settings) {
    TroupeClient client = new TroupeClient(system.systemActorOf(
        Session.create(settings), "troupe-session-" + NUMBERS.incrementAndGet(), Props.empty()));
    CompletableFuture<TroupeClient> opened = new CompletableFuture<>();
    client.onEvent(event -> {
      client.last.set(event);
      switch (event) {
        case SessionEvent.Connected connected -> opened.complete(client);
        case SessionEvent.Ended ended -> opened.completeExceptionally(new TroupeException(ended.failure()));
        case SessionEvent.Expired expired -> opened.completeExceptionally(
            new TroupeException(new Failure(ErrorCode.SESSION_EXPIRED, "the session to be continued is over")));
        case SessionEvent.Connecting waiting -> {}
        case SessionEvent.Suspended waiting -> {}
      }
    });
    return opened;
  }

  /** The actor behind it. */
  public ActorRef<Session.Command> session() {
    return session;
  }

  /** How the session was when it last said so. */
  public SessionEvent state() {
    return last.get();
  }

  /** Calls this now, and at every change, on the session's own thread: it must not wait. */
  public void onEvent(Consumer<SessionEvent> listener) {
    session.tell(new Session.Listen(listener));
  }

  /** Ends what {@link #onEvent} began with this very listener. */
  public void stopListening(Consumer<SessionEvent> listener) {
    session.tell(new Session.StopListening(listener));
  }

  public <R extends Answer> CompletionStage<R> ask(Operation<R> operation) {
    Optional<Failure> end = end(state());
    return end.isPresent()
        ? CompletableFuture.failedFuture(new TroupeException(end.get()))
        : ask(session, operation);
  }

  /** Why the session is over, if it is. Its actor does not stay for ever to say so. */
  private static Optional<Failure> end(SessionEvent event) {
    return switch (event) {
      case SessionEvent.Ended ended -> Optional.of(ended.failure());
      case SessionEvent.Expired expired ->
          Optional.of(new Failure(ErrorCode.SESSION_EXPIRED, "the session has expired"));
      case SessionEvent.Connecting open -> Optional.empty();
      case SessionEvent.Connected open -> Optional.empty();
      case SessionEvent.Suspended open -> Optional.empty();
    };
  }

  /**
   * For actors that have a session and compose what they ask of it: they pipe what comes of it to themselves. They watch the
   * session's actor: one that has stopped answers nobody.
   */
  public static <R extends Answer> CompletionStage<R> ask(ActorRef<Session.Command> session, Operation<R> operation) {
    CompletableFuture<R> promise = new CompletableFuture<>();
    session.tell(new Session.Submit<>(operation, promise));
    return promise;
  }

  /** A persistent znode that anyone may read and change. */
  public CompletionStage<Answer.Created> create(String path, ByteString data) {
    return create(path, data, CreateMode.PERSISTENT);
  }

  /** A znode that anyone may read and change. */
  public CompletionStage<Answer.Created> create(String path, ByteString data, CreateMode mode) {
    return ask(new Operation.Create(path, data, mode));
  }

  public CompletionStage<Answer.Deleted> delete(String path) {
    return ask(new Operation.Delete(path));
  }

  /** @param version the data version that it must have */
  public CompletionStage<Answer.Deleted> delete(String path, int version) {
    return ask(new Operation.Delete(path, version));
  }

  public CompletionStage<Answer.DataSet> setData(String path, ByteString data) {
    return ask(new Operation.SetData(path, data));
  }

  /** @param version the data version that it must have */
  public CompletionStage<Answer.DataSet> setData(String path, ByteString data, int version) {
    return ask(new Operation.SetData(path, data, version));
  }

  public CompletionStage<Answer.Node> getData(String path) {
    return getData(path, Consistency.SEQUENTIAL);
  }

  public CompletionStage<Answer.Node> getData(String path, Consistency consistency) {
    return ask(new Operation.GetData(path, consistency));
  }

  public CompletionStage<Answer.Existence> exists(String path) {
    return exists(path, Consistency.SEQUENTIAL);
  }

  public CompletionStage<Answer.Existence> exists(String path, Consistency consistency) {
    return ask(new Operation.Exists(path, consistency));
  }

  public CompletionStage<Answer.Children> getChildren(String path) {
    return getChildren(path, Consistency.SEQUENTIAL);
  }

  public CompletionStage<Answer.Children> getChildren(String path, Consistency consistency) {
    return ask(new Operation.GetChildren(path, consistency));
  }

  public CompletionStage<Answer.Synced> sync() {
    return ask(new Operation.Sync());
  }

  /** Proves who the session's owner is: scheme {@code digest}, for everything asked afterwards. */
  public CompletionStage<Answer.Authenticated> authenticate(String user, String password) {
    return ask(new Operation.AddAuth("digest", ByteString.fromString(user + ":" + password)));
  }

  /** Several changes that happen together or not at all. */
  public Transaction transaction() {
    return new Transaction(this);
  }

  /** Whether the holder of this token held it at some moment between question and answer. */
  public CompletionStage<Boolean> isHeld(Fence fence) {
    return exists(fence.path(), Consistency.LINEARIZABLE)
        .thenApply(there -> there.stat().filter(stat -> stat.czxid() == fence.zxid()).isPresent());
  }

  /**
   * Changes from one on; see {@link Session#changes}.
   *
   * @param after the changes behind this zxid: that of an answer
   */
  public Source<WatchEvent, NotUsed> watch(String path, WatchScope scope, long after) {
    return changes(path, scope, Optional.of(after));
  }

  /** Changes from some moment on soon after the stream begins to run; see {@link Session#changes}. */
  public Source<WatchEvent, NotUsed> watch(String path, WatchScope scope) {
    return changes(path, scope, Optional.empty());
  }

  private Source<WatchEvent, NotUsed> changes(String path, WatchScope scope, Optional<Long> after) {
    Optional<Failure> end = end(state());
    return end.isPresent()
        ? Source.failed(new TroupeException(end.get()))
        : Session.changes(session, path, scope, after);
  }

  /** Ends the session, with its ephemeral znodes, once all that was asked is done. Completes then, whatever it was. */
  public CompletionStage<Void> close() {
    if (end(state()).isPresent()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> over = new CompletableFuture<>();
    onEvent(event -> {
      if (end(event).isPresent()) {
        over.complete(null);
      }
    });
    session.tell(new Session.Close());
    return over;
  }
}
