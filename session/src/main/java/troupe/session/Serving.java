package troupe.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.session.ClientRequest.Read;
import troupe.session.ClientRequest.WatchRequest;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Outcome;
import troupe.tree.Password;
import troupe.tree.Permissions;
import troupe.tree.Request;
import troupe.tree.Requester;

/**
 * An open session. Ends when its client leaves, when it expires, or when it moves to another connection.
 *
 * <p>Answers leave in the order of requests, and each read sees exactly the writes before it, of its own session those
 * and no later ones:
 *
 * <ul>
 *   <li>A read with nothing before it is answered at once from the published tree, unless the client has enough to
 *       take already.
 *   <li>A read behind a write is answered from the tree that this write led to, not from a newer one, for writes
 *       behind the read may be in that already: they are sent without waiting for it.
 *   <li>A read is not answered from a tree that tells of something for which an event is still on its way here.
 *   <li>Nor from a newer state than one that was read with a watch, as long as the registry does not know of that
 *       watch; and no event is told in the meantime, for an earlier one may turn out to have been missed.
 *   <li>A write is not sent before a read in front of it that sets a watch: the registry has to know of the watch when
 *       the write comes by, or the event would come behind the write's own answer.
 * </ul>
 *
 * <p>It outlives leaders. While there is none, requests wait. It hears which of those that were with the lost leader were
 * committed; the others never will be once there is another epoch, and are sent again: a client whose own server goes on
 * need not notice that the leader did not. In the same epoch they may be under way still, so the connection ends.
 *
 * <p>Source: ZooKeeper's CommitProcessor, which blocks a session's reads behind its writes.
 */
final class Serving {
  /** Its number for the claim to go on at this server; far from what clients number their requests with. */
  static final int KEEP = Integer.MIN_VALUE;

  private static final String HAS_MOVED = "its session has moved to another server";
  private static final long NO_ZXID = -1;
  /** Deliveries, events for the most part, that may wait for a client that does not take its answers. */
  private static final int MOST_TOLD = 100_000;

  /** A request that has no answer yet. */
  private static final class Waiting {
    final ClientRequest request;
    /** Who the client was when it asked: what it proves later does not count. */
    final Requester requester;
    boolean sent;

    Waiting(ClientRequest request, Requester requester) {
      this.request = request;
      this.requester = requester;
    }
  }

  private final Session.Setup setup;
  private final Password password;
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final List<Request> writes = new ArrayList<>();
  private final List<Watches.Watch> watches = new ArrayList<>();
  private final List<Delivery.Event> held = new ArrayList<>();

  /** What the registry has told, and nothing was done about yet. */
  private final Deque<Delivery> told = new ArrayDeque<>();

  private final Reader reader;
  private Requester requester;
  private Leadership leader;
  private boolean leaderless;

  /** Whether the leader knows that the session lives here. Otherwise what is committed may have been asked elsewhere. */
  private boolean isAtHome;

  /** The epoch whose leader has been told the timeout that the client has by now. */
  private long timeoutKnownIn;

  /** The newest leader's, also before it is that leader's turn in what was told. */
  private ActorRef<SessionTracker.Command> tracker;

  /** The tree for reads at the head of the queue, if writes behind them may have been applied to the published one. */
  private Optional<DataTree> view = Optional.empty();

  /** How many in the queue have to be at its head before anything behind them may be sent. */
  private int unsent;

  private long received;

  /** Registrations of watches that the registry has not confirmed. */
  private int unconfirmed;

  /** The state that they, and the watches not registered yet, were read at. */
  private long readAt;

  private long lastTouch;
  /** Why this is to be the end. */
  private Optional<String> end = Optional.empty();

  /**
   * @param leader who leads, or did last
   * @param leaderless whether nobody leads
   * @param received deliveries so far
   */
  Serving(
      Session.Setup setup,
      Password password,
      List<Identity> identities,
      Leadership leader,
      boolean leaderless,
      long received) {
    this.setup = setup;
    this.password = password;
    this.leader = leader;
    this.leaderless = leaderless;
    this.isAtHome = !leaderless;
    this.tracker = leader.tracker();
    this.timeoutKnownIn = leader.epoch();
    this.requester = new Requester(setup.id(), identities);
    this.reader = new Reader(setup.id(), setup.settings().mostRead());
    this.received = received;
    this.lastTouch = setup.nanos().getAsLong();
  }

  /** @param deliveries what came with what it begins with */
  Behavior<Session.Command> enter(List<Delivery> deliveries) {
    told.addAll(deliveries);
    deliver();
    Behavior<Session.Command> next = settle();
    return end.isPresent() ? next : Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Session.Command> onMessage(Session.Command message) {
    return switch (message) {
      case Session.Requests requests -> {
        touch();
        requests.requests().forEach(this::take);
        yield settle();
      }
      case Session.Deliveries deliveries -> {
        received++;
        told.addAll(deliveries.deliveries());
        if (deliveries.deliveries().getLast() instanceof Delivery.Led led) {
          tracker = led.by().tracker();
        }
        deliver();
        if (isHeldUp()) {
          endForOneThatTakesNothing(deliveries.deliveries());
        }
        yield settle();
      }
      case Session.Identified identified -> {
        requester = new Requester(setup.id(), identified.identities());
        yield Behaviors.same();
      }
      case Session.Drained drained -> {
        deliver();
        yield settle();
      }
      case Session.Disconnected gone -> {
        sendWhatWasAsked();
        yield Behaviors.stopped();
      }
      case Session.Leave leave -> setup.leave(leave.reason());
    };
  }

  /** Nobody will hear of it, but who closes a session and hangs up at once wants it closed; it is, if there is a leader. */
  private void sendWhatWasAsked() {
    queue.stream()
        .filter(waiting -> waiting.request instanceof ClientRequest.Write && !waiting.sent)
        .forEach(this::send);
    submitWrites();
  }

  /** Sends on what has gathered while one message was handled. */
  private Behavior<Session.Command> settle() {
    if (end.isPresent()) {
      return setup.leave(end.get());
    }
    register();
    submitWrites();
    setup.connection().flush();
    return Behaviors.same();
  }

  private void take(ClientRequest request) {
    if (queue.isEmpty() && request instanceof Read read) {
      Optional<DataTree> tree = readable();
      if (tree.isPresent()) {
        answer(read, tree.get(), requester);
        return;
      }
    }
    Waiting waiting = new Waiting(request, requester);
    queue.add(waiting);
    switch (request) {
      case Read read -> unsent += read.watch() ? 1 : 0;
      case ClientRequest.Write write when unsent == 0 && isHeadSent() -> send(waiting);
      case ClientRequest.Write write -> unsent++;
      case ClientRequest.Sync sync -> unsent++;
      case ClientRequest.ReadIndex read -> unsent++;
      case WatchRequest watch -> unsent++;
    }
    if (queue.size() == 1) {
      advance();
    }
  }

  /** Whether what is at the head is under way, so that the reads behind it have a tree coming that is their own. */
  private boolean isHeadSent() {
    return !queue.isEmpty() && queue.peek().sent;
  }

  private void advance() {
    while (!queue.isEmpty()) {
      Waiting head = queue.peek();
      if (head.request instanceof Read read) {
        Optional<DataTree> tree = readable();
        if (tree.isEmpty()) {
          return;
        }
        queue.poll();
        unsent -= read.watch() ? 1 : 0;
        answer(read, tree.get(), head.requester);
      } else {
        view = Optional.empty();
        if (!head.sent) {
          unsent -= head.request instanceof ClientRequest.ReadIndex ? 0 : 1; // an obstacle until it is answered
          send(head);
        }
        sendWritesBehind();
        return;
      }
    }
    view = Optional.empty();
  }

  /** Those that had to wait for something which has its turn now. */
  private void sendWritesBehind() {
    Iterator<Waiting> behind = queue.iterator();
    while (unsent > 0 && behind.hasNext()) {
      Waiting waiting = behind.next();
      if (waiting.request instanceof ClientRequest.Write && !waiting.sent) {
        unsent--;
        send(waiting);
      } else if (isObstacle(waiting)) {
        return;
      }
    }
  }

  /** Whether nothing behind it may be sent before it has had its turn at the head of the queue. */
  private static boolean isObstacle(Waiting waiting) {
    return switch (waiting.request) {
      case Read read -> read.watch();
      case ClientRequest.Write write -> false;
      case ClientRequest.Sync sync -> !waiting.sent;
      case ClientRequest.ReadIndex read -> true; // its answer may come late, after those to writes behind it
      case WatchRequest watch -> !waiting.sent;
    };
  }

  private void send(Waiting waiting) {
    waiting.sent = true;
    switch (waiting.request) {
      case ClientRequest.Write write ->
          writes.add(new Request(waiting.requester, write.cxid(), write.operation(), write.heardUpTo()));
      case ClientRequest.Sync sync -> {
        register(); // or what has been synced might be seen before an event of a watch set before it
        submitWrites(); // the sync is to come after them
        leader.proposer().sync(setup.id(), sync.cxid());
      }
      case ClientRequest.ReadIndex read -> {
        register(); // both as for a sync
        submitWrites();
        leader.proposer().readIndex(setup.id(), read.cxid());
      }
      case WatchRequest watch -> {
        register(); // watches of earlier reads come first
        setup.watches().tell(new Watches.Ask(setup.handle(), watch));
      }
      case Read read -> throw new IllegalStateException(read + " is not for others to answer");
    }
  }

  private void submitWrites() {
    if (!writes.isEmpty()) {
      leader.proposer().submit(List.copyOf(writes));
      writes.clear();
    }
  }

  /**
   * The tree that the read at the head of the queue is to see; none as long as there is an event to be told first, or
   * too much that the client has not taken, or no leader to say how old the tree may be.
   */
  private Optional<DataTree> readable() {
    if (setup.connection().isFull()) {
      return Optional.empty();
    }
    // The order matters: what is announced before a tree is published is seen by whoever has read that tree.
    DataTree tree = view.isPresent() ? view.get() : setup.published().get();
    if (view.isEmpty() && (leaderless || setup.handle().announced() != received || !told.isEmpty())) {
      return Optional.empty();
    }
    if (isUnregistered() && tree.lastZxidNumber() != readAt) {
      return Optional.empty(); // the registry might be about to tell of a change in between
    }
    return Optional.of(tree);
  }

  private boolean isUnregistered() {
    return unconfirmed > 0 || !watches.isEmpty();
  }

  private void answer(Read read, DataTree tree, Requester asker) {
    setup.connection().answer(tree.lastZxidNumber(), reader.answer(read, tree, asker.identities(), watches));
    if (!watches.isEmpty()) {
      readAt = tree.lastZxidNumber();
    }
  }

  private void register() {
    if (!watches.isEmpty()) {
      setup.watches().tell(new Watches.Register(setup.handle(), readAt, List.copyOf(watches)));
      watches.clear();
      unconfirmed++;
    }
  }

  /** In the registry's order, and never past a read that the client has no room for. */
  private void deliver() {
    advance();
    while (end.isEmpty() && !told.isEmpty() && !isHeldUp()) {
      onDelivery(told.poll());
    }
    advance();
  }

  private boolean isHeldUp() {
    return !queue.isEmpty() && queue.peek().request instanceof Read && setup.connection().isFull();
  }

  /** What is told last would never have its turn, and what is told meanwhile would fill the memory. */
  private void endForOneThatTakesNothing(List<Delivery> newest) {
    if (newest.stream().anyMatch(this::isTheEnd)) {
      end = Optional.of("the session has ended, or lives elsewhere, and the client takes no answers");
    } else if (told.size() > MOST_TOLD) {
      end = Optional.of("the client takes no answers, and there is too much to tell it");
    }
  }

  /** A client that closes its session itself may still want what it has asked before. */
  private boolean isTheEnd(Delivery delivery) {
    return switch (delivery) {
      case Delivery.Moved moved -> true;
      case Delivery.Completed completed when completed.applied().transaction().change().equals(Change.MOVED) -> true;
      case Delivery.Completed completed when completed.applied().outcome() instanceof Outcome.SessionClosed ->
          queue.stream().noneMatch(waiting -> waiting.sent
              && waiting.request instanceof ClientRequest.Write write
              && write.operation() instanceof Operation.CloseSession);
      default -> false;
    };
  }

  private void onDelivery(Delivery delivery) {
    switch (delivery) {
      case Delivery.Event event when isUnregistered() -> held.add(event);
      case Delivery.Event event -> tell(event);
      case Delivery.MissedEvent missed -> setup.connection().event(NO_ZXID, missed.kind(), missed.path());
      case Delivery.Registered registered -> confirm(registered);
      case Delivery.Completed completed -> complete(completed);
      case Delivery.Moved moved -> end = Optional.of(HAS_MOVED);
      case Delivery.Led led -> follow(led.by());
      case Delivery.Leaderless none -> {
        leaderless = true;
        isAtHome = false;
      }
      case Delivery.Synced kept when kept.cxid() == KEEP -> settleIn();
      case Delivery.Synced synced -> answerHead(new Answer.Done(), synced.tree());
      case Delivery.Refused refused when refused.reason() == ErrorCode.SESSION_MOVED ->
          end = Optional.of(HAS_MOVED);
      case Delivery.Refused refused -> {
        if (underWay(refused.cxid()).isPresent()) { // otherwise it was the tracker who asked, to end this session
          answerHead(new Answer.Failed(refused.reason()), refused.tree());
        }
      }
      case Delivery.Answered answered -> answerHead(answered.answer(), answered.tree());
    }
  }

  private void follow(Leadership next) {
    boolean sameEpoch = next.epoch() == leader.epoch();
    leader = next;
    leaderless = false;
    writes.clear(); // they are in the queue
    List<Waiting> unanswered = queue.stream().filter(Serving::isWithTheLeader).toList();
    if (sameEpoch && !unanswered.isEmpty()) {
      end = Optional.of("its server has lost sight of the leader, which may yet do what it was asked");
      return;
    }
    leader.proposer().keep(setup.id(), KEEP, password);
    unanswered.forEach(this::send);
  }

  /** The leader knows that it lives here; had it moved, that would have been told first. */
  private void settleIn() {
    isAtHome = true;
    if (leader.epoch() != timeoutKnownIn) {
      timeoutKnownIn = leader.epoch();
      tracker.tell(new SessionTracker.Resumed(setup.id(), setup.timeout()));
    }
  }

  private static boolean isWithTheLeader(Waiting waiting) {
    return waiting.sent && !(waiting.request instanceof WatchRequest);
  }

  private void confirm(Delivery.Registered registered) {
    unconfirmed--;
    // What is held has come since the watch was read, so whatever else the client was told of the same is there.
    for (Delivery.Event event : registered.missed()) {
      if (!held.contains(event)) {
        held.add(event);
      }
    }
    if (!isUnregistered()) {
      held.sort(Comparator.comparingLong(Delivery.Event::zxid));
      held.forEach(this::tell);
      held.clear();
    }
  }

  private void tell(Delivery.Event event) {
    if (event.event().acl().permits(Permissions.READ, requester.identities())) {
      setup.connection().event(event.zxid(), event.event().kind(), event.event().path());
    }
  }

  /** The write at the head, if it has been sent and is this one. */
  private Optional<ClientRequest.Write> underWay(int cxid) {
    return isHeadSent() && queue.peek().request instanceof ClientRequest.Write write && write.cxid() == cxid
        ? Optional.of(write)
        : Optional.empty();
  }

  private void complete(Delivery.Completed completed) {
    if (completed.applied().transaction().change().equals(Change.MOVED)) {
      end = Optional.of(HAS_MOVED);
      return;
    }
    boolean closed = completed.applied().outcome() instanceof Outcome.SessionClosed;
    boolean asked = underWay(completed.applied().transaction().cxid())
        .filter(write -> !closed || write.operation() instanceof Operation.CloseSession)
        .isPresent();
    if (asked) {
      answerHead(new Answer.Written(completed.applied().outcome()), completed.applied().tree());
    } else if (!isAtHome && !closed) {
      end = Optional.of("an answer was lost with the leader");
    } else if (!closed) {
      throw unasked(); // out of turn: the one at the head would wait for ever
    }
    if (closed) {
      end = Optional.of("the session is closed");
    }
  }

  /** Answers what is at the head, and what can be answered behind it, before anything newer is looked at. */
  private void answerHead(Answer answer, DataTree tree) {
    if (!isHeadSent()) {
      throw unasked();
    }
    unsent -= queue.poll().request instanceof ClientRequest.ReadIndex ? 1 : 0;
    setup.connection().answer(tree.lastZxidNumber(), answer);
    view = Optional.of(tree);
    advance();
  }

  private IllegalStateException unasked() {
    return new IllegalStateException(
        "session 0x" + Long.toHexString(setup.id()) + " got an answer it did not ask for");
  }

  private void touch() {
    long now = setup.nanos().getAsLong();
    if (now - lastTouch >= setup.settings().beat().toNanos()) {
      lastTouch = now;
      tracker.tell(new SessionTracker.Touched(setup.id()));
    }
  }
}
