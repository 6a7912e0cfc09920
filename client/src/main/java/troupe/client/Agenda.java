package troupe.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.protocol.wire.AddAuthRequest;
import troupe.protocol.wire.AnswerMessage;
import troupe.protocol.wire.RequestMessage;
import troupe.protocol.wire.SessionMessage;
import troupe.protocol.wire.Welcome;

/**
 * What a session has been asked and not answered yet, and all else that it takes along from one connection to the next.
 * Part of the session's actor.
 */
final class Agenda {
  /** One request, from the question to the answer. */
  static final class Entry {
    private final Optional<Operation<?>> operation;
    private final Consumer<Result<?>> answer;
    private RequestMessage request;
    private Optional<Failure> failure = Optional.empty();

    private Entry(Optional<Operation<?>> operation, RequestMessage request, Consumer<Result<?>> answer) {
      this.operation = operation;
      this.request = request;
      this.answer = answer;
    }

    private boolean isWrite() {
      return switch (request.getRequestCase()) {
        case CREATE, DELETE, SET_DATA, CHECK, SET_ACL, COMMIT, CLOSE_SESSION -> true;
        default -> false;
      };
    }
  }

  /** Somebody who is told how the session is. */
  private record Listener(Object who, Consumer<SessionEvent> ears) {}

  private final SessionSettings settings;
  private final Servers servers;
  private final ActorContext<Session.Command> context;
  private final TimerScheduler<Session.Command> timers;
  private final Deque<Entry> unanswered = new ArrayDeque<>();
  private final Deque<Entry> unsent = new ArrayDeque<>();
  private final List<AddAuthRequest> auths = new ArrayList<>();
  private final Map<Long, ChangeBuffer> streams = new LinkedHashMap<>();
  private final List<Listener> listeners = new ArrayList<>();
  private SessionEvent last = new SessionEvent.Connecting();
  private Optional<SessionId> session;
  private int timeoutMillis;
  private long streamsOpened;

  /** Of writes: the number of the last one that was sent, and of the last one that was answered. */
  private long lastWrite;
  private long seen;

  private long lastZxid;
  private boolean closing;

  Agenda(
      SessionSettings settings,
      Servers servers,
      ActorContext<Session.Command> context,
      TimerScheduler<Session.Command> timers) {
    this.settings = settings;
    this.servers = servers;
    this.context = context;
    this.timers = timers;
    this.session = settings.resumes();
    this.timeoutMillis = (int) settings.timeout().toMillis();
  }

  SessionSettings settings() {
    return settings;
  }

  Servers servers() {
    return servers;
  }

  ActorContext<Session.Command> context() {
    return context;
  }

  TimerScheduler<Session.Command> timers() {
    return timers;
  }

  /** Of the session; none if it has not been opened yet. */
  Optional<SessionId> session() {
    return session;
  }

  int timeoutMillis() {
    return timeoutMillis;
  }

  long lastZxid() {
    return lastZxid;
  }

  /** The last write whose answer has come. */
  long seen() {
    return seen;
  }

  List<AddAuthRequest> auths() {
    return auths;
  }

  boolean isClosing() {
    return closing;
  }

  // What is asked.

  /** Takes up what the owner asks; most of it waits to be sent. */
  void take(Session.FromOwner message) {
    switch (message) {
      case Session.Ask<?> ask -> add(ask);
      case Session.Submit<?> submit -> add(submit);
      case Session.Subscribe subscribe -> listen(subscribe.subscriber(), subscribe.subscriber()::tell);
      case Session.Unsubscribe unsubscribe -> stopListening(unsubscribe.subscriber());
      case Session.Listen listen -> listen(listen.listener(), listen.listener());
      case Session.StopListening stop -> stopListening(stop.listener());
      case Session.Close close -> close();
      case Session.OpenStream open -> open(open);
      case Session.TakeChanges take -> stream(take.stream()).ifPresentOrElse(
          stream -> stream.take(take.promise()),
          () -> take.promise().complete(List.of())); // it has just been closed
      case Session.CloseStream close -> streams.remove(close.stream());
    }
  }

  private <R extends Answer> void add(Session.Ask<R> ask) {
    add(ask.operation(), result -> ask.replyTo().tell(cast(result)));
  }

  private <R extends Answer> void add(Session.Submit<R> submit) {
    add(submit.operation(), result -> {
      switch (Agenda.<R>cast(result)) {
        case Result.Done<R> done -> submit.promise().complete(done.answer());
        case Result.Failed<R> failed -> submit.promise().completeExceptionally(new TroupeException(failed.failure()));
      }
    });
  }

  @SuppressWarnings("unchecked") // AnswerReader makes of an answer what was asked for
  private static <R extends Answer> Result<R> cast(Result<?> result) {
    return (Result<R>) result;
  }

  private void add(Operation<?> operation, Consumer<Result<?>> answer) {
    if (closing) {
      answer.accept(new Result.Failed<>(new Failure(ErrorCode.SESSION_CLOSED, "the session has been closed by its owner")));
      return;
    }
    Entry entry = entry(operation, answer);
    unanswered.add(entry);
    unsent.add(entry);
    answerFailed();
  }

  private static Entry entry(Operation<?> operation, Consumer<Result<?>> answer) {
    String what;
    try {
      Optional<String> wrong = RequestWriter.wrong(operation);
      if (wrong.isEmpty()) {
        return new Entry(Optional.of(operation), RequestWriter.write(operation), answer);
      }
      what = wrong.get();
    } catch (NullPointerException | ArithmeticException e) { // its asker's failure, and not this actor's
      what = operation + ": " + e.getMessage();
    }
    Entry failed = new Entry(Optional.ofNullable(operation), RequestMessage.getDefaultInstance(), answer);
    failed.failure = Optional.of(new Failure(ErrorCode.BAD_ARGUMENTS, what));
    return failed;
  }

  private void close() {
    if (!closing) {
      closing = true;
      Entry entry = new Entry(
          Optional.empty(), RequestMessage.newBuilder().setCloseSession(true).build(), result -> {});
      unanswered.add(entry);
      unsent.add(entry);
    }
  }

  /** What is not even sent is answered in its turn all the same. */
  private void answerFailed() {
    while (!unanswered.isEmpty() && unanswered.peek().failure.isPresent()) {
      Entry failed = unanswered.poll();
      unsent.remove(failed);
      failed.answer.accept(new Result.Failed<>(failed.failure.get()));
    }
  }

  // Between a session and its server.

  /** There is a new connection: everything without an answer is asked again, in the same order. */
  void begin(Welcome welcome) {
    SessionMessage granted = welcome.getSession();
    if (session.isPresent() && lastWrite == 0) {
      lastWrite = welcome.getLastWrite(); // of the former owner
      seen = lastWrite;
    }
    session = Optional.of(new SessionId(granted.getId(), granted.getPasswordHigh(), granted.getPasswordLow()));
    timeoutMillis = welcome.getTimeout();
    unsent.clear();
    unsent.addAll(unanswered);
  }

  int outstanding() {
    return unanswered.size() - unsent.size();
  }

  /** The next request that is to be sent. */
  Optional<RequestMessage> next(int maxBytes) {
    while (!unsent.isEmpty()) {
      Entry entry = unsent.peek();
      boolean isNew = entry.isWrite() && entry.request.getWrite() == 0;
      RequestMessage request =
          isNew ? entry.request.toBuilder().setWrite(lastWrite + 1).build() : entry.request;
      // A write that has a number was sent before, and may have been done: its server says what became of it.
      boolean mayBeTooLarge = isNew || !entry.isWrite();
      if (entry.failure.isEmpty() && mayBeTooLarge && request.getSerializedSize() > maxBytes) {
        entry.failure = Optional.of(new Failure(ErrorCode.TOO_LARGE, request.getSerializedSize()
            + " bytes; the servers take " + maxBytes + " (troupe.client.max-frame-size there)"));
      }
      unsent.poll();
      if (entry.failure.isEmpty()) {
        lastWrite += isNew ? 1 : 0;
        entry.request = request;
        return Optional.of(request);
      }
      answerFailed();
    }
    return Optional.empty();
  }

  /**
   * An answer to the oldest request that was sent.
   *
   * @return whether it was the last that this session will get
   */
  boolean answer(AnswerMessage message) {
    Entry entry = unanswered.poll();
    if (entry == null) {
      throw new IllegalStateException("an answer to nothing: " + message.getAnswerCase());
    }
    lastZxid = Math.max(lastZxid, message.getZxid());
    if (entry.isWrite()) {
      seen = entry.request.getWrite();
    }
    if (entry.operation.isEmpty()) {
      return true;
    }
    Operation<?> operation = entry.operation.get();
    if (operation instanceof Operation.AddAuth auth && message.getAnswerCase() == AnswerMessage.AnswerCase.DONE) {
      AddAuthRequest proved = RequestWriter.write(auth);
      if (!auths.contains(proved)) {
        auths.add(proved);
      }
    }
    entry.answer.accept(AnswerReader.read(operation, message));
    answerFailed();
    return false;
  }

  // Streams of changes.

  private void open(Session.OpenStream open) {
    Optional<String> wrong = Paths.wrong(open.path(), false);
    if (wrong.isPresent()) {
      open.opened().completeExceptionally(new TroupeException(new Failure(ErrorCode.BAD_ARGUMENTS, wrong.get())));
      return;
    }
    long id = ++streamsOpened;
    streams.put(id, new ChangeBuffer(id, open));
    open.opened().complete(id);
  }

  Iterable<ChangeBuffer> streams() {
    return streams.values();
  }

  Optional<ChangeBuffer> stream(long id) {
    return Optional.ofNullable(streams.get(id));
  }

  void sawChangesUpTo(long zxid) {
    lastZxid = Math.max(lastZxid, zxid);
  }

  // What is told.

  private void listen(Object who, Consumer<SessionEvent> ears) {
    Listener listener = new Listener(who, ears);
    listeners.add(listener);
    tell(listener);
  }

  /** What a listener does wrong is not to end the session. */
  private void tell(Listener listener) {
    try {
      listener.ears().accept(last);
    } catch (RuntimeException e) {
      context.getLog().error("a listener has failed when it was told {}", last, e);
    }
  }

  private void stopListening(Object who) {
    listeners.removeIf(each -> each.who().equals(who));
  }

  void tell(SessionEvent event) {
    last = event;
    List.copyOf(listeners).forEach(this::tell);
  }

  SessionEvent lastTold() {
    return last;
  }

  /** A state's behavior. Should the actor be stopped in it, nobody is left without an answer. */
  Behavior<Session.Command> behave(Function<Session.Command, Behavior<Session.Command>> onMessage) {
    return Behaviors.receive((same, message) -> onMessage.apply(message), (same, signal) -> {
      if (!(signal instanceof PostStop)) {
        return Behaviors.unhandled();
      }
      if (!isOver()) {
        Failure failure = new Failure(ErrorCode.SESSION_CLOSED, "the session's actor has been stopped");
        end(failure);
        tell(new SessionEvent.Ended(failure));
      }
      return Behaviors.same();
    });
  }

  private boolean isOver() {
    return last instanceof SessionEvent.Ended || last instanceof SessionEvent.Expired;
  }

  /** The session is over: nothing that waits will be answered otherwise. */
  void end(Failure failure) {
    List<Entry> left = new ArrayList<>(unanswered);
    unanswered.clear();
    unsent.clear();
    left.forEach(entry -> entry.answer.accept(new Result.Failed<>(entry.failure.orElse(failure))));
    streams.values().forEach(stream -> stream.end(new TroupeException(failure)));
  }
}
