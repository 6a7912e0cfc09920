package troupe.broadcast;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.persistence.Room;
import troupe.persistence.TransactionLog;
import troupe.tree.Applied;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.Operation;
import troupe.tree.Request;
import troupe.tree.Transaction;

/**
 * Requests become transactions, transactions become batches, batches are committed in order (Zab, phase 3).
 *
 * <p>While one batch is being synced, the next gathers: under load one sync carries many transactions, and an idle
 * leader adds no delay. Ends by stepping down.
 */
final class Broadcasting {
  private static final Duration ROOM_CHECK = Duration.ofSeconds(1);
  private static final long TRANSACTION = 64; // bytes that each takes on the wire, beside its change

  /** A batch that was proposed and not yet delivered. */
  private static final class Pending {
    final Zxid last;
    final List<Applied> applied;
    final ActorRef<Proposal.Command> proposal;
    final List<Addressed> after = new ArrayList<>();
    final long proposedAt = System.nanoTime(); // for the metrics only
    long position;
    boolean stored;
    boolean chosen;
    int beatsUnstored;

    Pending(List<Applied> applied, ActorRef<Proposal.Command> proposal) {
      this.last = applied.getLast().transaction().zxid();
      this.applied = applied;
      this.proposal = proposal;
    }
  }

  /** @param to the conversation with the server whose client it is for; none where that is this server */
  private record Addressed(Optional<LearnerId> to, Notice notice) {}

  private final Leader.Setup setup;
  private final long epoch;

  /** The tree with everything that was proposed or is about to be: what the next request is decided against. */
  private DataTree tree;

  private Zxid committed;
  private Zxid next;
  private List<Applied> gathering = new ArrayList<>();
  private List<Addressed> gatheringNotices = new ArrayList<>();

  /** Sessions whose next transaction has its place behind one of these. */
  private final Set<Long> noticed = new HashSet<>();

  private long gatheringBytes;
  private final Deque<Pending> pending = new ArrayDeque<>();

  /** Proposals without a batch. */
  private final Deque<ActorRef<Proposal.Command>> idle = new ArrayDeque<>();

  /** Batches on their way to this server's own disk. */
  private int syncing;

  private Room room = Room.ENOUGH;

  /** Servers that have had the history of this epoch, whether they still follow or not. */
  private final Set<ServerId> synced;

  /** Learners that get everything that is proposed. */
  private final Set<LearnerId> streaming;

  /** How far those learners have come whose acks count. */
  private final Map<LearnerId, Zxid> acknowledged;

  private final RecentBatches recent;

  /** Where the client of each session is that was heard of in this epoch. */
  private final Map<Long, ServerId> homes = new HashMap<>();

  private final ReadRounds reads;
  private boolean resigning;
  private int beatsResigning;

  Broadcasting(
      Leader.Setup setup,
      long epoch,
      DataTree tree,
      Set<ServerId> synced,
      Set<LearnerId> streaming,
      Map<LearnerId, Zxid> acknowledged) {
    this.setup = setup;
    this.epoch = epoch;
    this.reads = new ReadRounds(setup.self());
    this.tree = tree;
    this.committed = tree.lastZxid();
    this.next = new Zxid(epoch, 1);
    this.synced = new HashSet<>(synced);
    this.streaming = new HashSet<>(streaming);
    this.acknowledged = new HashMap<>(acknowledged);
    boolean alone = setup.around().ensemble().peers().isEmpty();
    this.recent = new RecentBatches(tree.lastZxid(), alone ? 0 : setup.settings().recentBytes());
  }

  Behavior<Leader.Command> enter() {
    askForRoom();
    acknowledged.keySet().forEach(learner -> setup.learners().tell(learner, new LearnerHandler.Serve(committed)));
    reportWhoIsInStep();
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Leader.Command> onMessage(Leader.Command message) {
    return switch (message) {
      case Leader.Submit submit -> takeUp(submit.requests(), request -> takeFrom(submit.from(), request));
      case Leader.SubmitOwn submit -> takeUp(submit.requests(), request -> take(setup.self(), request));
      case Leader.Sync sync -> {
        notice(sync.from(), new Notice.Synced(sync.session(), sync.cxid()));
        yield Behaviors.same();
      }
      case Leader.ReadIndex read -> {
        reads.add(read);
        askWhetherItLeads();
        yield Behaviors.same();
      }
      case Leader.Confirmed confirmed -> {
        confirm(confirmed.learner().server(), confirmed.round());
        yield Behaviors.same();
      }
      case Leader.Claim claim when resigning -> Behaviors.same(); // it claims its session from the next leader
      case Leader.Claim claim when isUsedUp() -> stepDownForAnotherEpoch();
      case Leader.Claim claim -> {
        claim(claim);
        proposeGathered();
        yield Behaviors.same();
      }
      case Leader.LogReplied replied -> onLog(replied.reply());
      case Leader.Chosen chosen -> choose(chosen.last());
      case Leader.RoomCheckDue due -> {
        askForRoom();
        yield Behaviors.same();
      }
      case Leader.Heard heard -> {
        setup.learners().hear(heard.message());
        yield Behaviors.same();
      }
      case Leader.HandlerEnded ended -> {
        setup.learners().ended(ended.learner());
        streaming.remove(ended.learner());
        acknowledged.remove(ended.learner());
        reportWhoIsInStep();
        yield Behaviors.same();
      }
      case Leader.FromHandler late when !setup.learners().isCurrent(late.learner()) -> Behaviors.same();
      case Leader.Forwarded forwarded -> onMessage(forwarded.request());
      case Leader.Acked acked -> {
        ack(acked.learner(), acked.upTo());
        yield Behaviors.same();
      }
      case Leader.Joined joined when joined.acceptedEpoch() > epoch ->
          setup.stepDownFor(joined, epoch);
      case Leader.Joined joined -> {
        setup.learners().tell(joined.learner(), new LearnerHandler.EpochDecided(epoch));
        yield Behaviors.same();
      }
      case Leader.EpochAcked acked -> {
        setup.learners().tell(acked.learner(), new LearnerHandler.Synchronize());
        yield Behaviors.same();
      }
      case Leader.WantsHistory wants -> {
        stream(wants);
        yield Behaviors.same();
      }
      case Leader.NewLeaderAcked acked -> {
        setup.context().getLog().info("epoch {}: server {} follows", epoch, acked.learner().server());
        synced.add(acked.learner().server());
        setup.learners().tell(acked.learner(), new LearnerHandler.Serve(committed));
        ack(acked.learner(), acked.upTo());
        reportWhoIsInStep();
        if (reads.current() > 0) { // what was asked in an earlier conversation gets no answer
          setup.learners().tell(acked.learner(), new LearnerHandler.Ping(reads.current()));
        }
        yield Behaviors.same();
      }
      case Leader.ClientsHeard heard -> {
        setup.server().tell(new Leader.SessionsTouched(heard.timeouts()));
        yield Behaviors.same();
      }
      case Leader.Beat beat -> {
        setup.learners().beat();
        Set<ServerId> followers = setup.learners().present();
        followers.retainAll(synced);
        if (!setup.isQuorum(followers)) {
          yield setup.stepDown(epoch, "only " + followers + " of its followers are there, which are no quorum");
        }
        if (resigning && ++beatsResigning > setup.settings().syncBeats()) {
          yield setup.stepDown(epoch, "it was asked to resign, and what was under way takes too long");
        }
        yield doesTheDiskHang()
            ? setup.stepDown(epoch, "its disk takes longer over a sync than a follower may be silent")
            : Behaviors.same();
      }
      case Leader.PeerLost lost -> {
        setup.learners().lost(lost.peer());
        yield Behaviors.same();
      }
      case Leader.Resign resign -> {
        resigning = true;
        proposeGathered();
        yield resignWhenDone();
      }
    };
  }

  private Behavior<Leader.Command> onLog(TransactionLog.Reply reply) {
    return switch (reply) {
      case TransactionLog.Reply.Durable durable -> {
        syncing--;
        onRoom(durable.room());
        for (Pending each : pending) {
          if (each.last.equals(durable.last())) {
            each.position = durable.position();
            each.stored = true;
            each.proposal.tell(new Proposal.Ack(each.last, setup.self()));
          }
        }
        proposeGathered();
        commitChosen();
        yield resignWhenDone();
      }
      case TransactionLog.Reply.RoomLeft left -> {
        onRoom(left.room());
        yield Behaviors.same();
      }
      case TransactionLog.Reply.OutOfOrder out ->
          throw new IllegalStateException("the log ends at " + out.last() + ", which the pending "
              + pending.stream().map(each -> each.last).toList() + " do not follow");
      case TransactionLog.Reply.EpochAccepted e -> throw LogReplies.unexpected(e);
      case TransactionLog.Reply.EpochEstablished e -> throw LogReplies.unexpected(e);
      case TransactionLog.Reply.EpochRefused e -> throw LogReplies.unexpected(e);
      case TransactionLog.Reply.SnapshotRecorded s -> throw LogReplies.unexpected(s);
      case TransactionLog.Reply.TheHistory h -> throw LogReplies.unexpected(h);
      case TransactionLog.Reply.Truncated t -> throw LogReplies.unexpected(t);
      case TransactionLog.Reply.Installed i -> throw LogReplies.unexpected(i);
    };
  }

  private Behavior<Leader.Command> takeUp(List<Request> requests, Consumer<Request> take) {
    for (Request request : requests) {
      if (isUsedUp()) {
        return stepDownForAnotherEpoch();
      }
      take.accept(request);
    }
    proposeGathered();
    return Behaviors.same();
  }

  private boolean isUsedUp() {
    return next.counter() > setup.settings().maxEpochLength();
  }

  private Behavior<Leader.Command> stepDownForAnotherEpoch() {
    return setup.stepDown(epoch, "its zxids are used up");
  }

  /**
   * A request of a client. Its session has to live where it comes from: what a connection sent before its client moved
   * on must not be done after what the client has sent since. Source: ZooKeeper's SessionMovedException. For a session
   * that is over nothing is done, not even a transaction that fails: wherever it is connected it hears of its end, and
   * where it has just moved to it would be told of a request that it has not made.
   */
  private void takeFrom(ServerId server, Request request) {
    long session = request.requester().session();
    boolean open = tree.session(session).isPresent();
    if (!open && !(request.operation() instanceof Operation.OpenSession)) {
      return;
    }
    if (open && !server.equals(homes.get(session))) {
      notice(server, new Notice.Refused(session, request.cxid(), ErrorCode.SESSION_MOVED));
      return;
    }
    take(server, request);
  }

  /** One round of messages for all reads that wait, and no other before it is over. */
  private void askWhetherItLeads() {
    while (reads.begin()) {
      LearnerHandler.Ping ping = new LearnerHandler.Ping(reads.current());
      acknowledged.keySet().forEach(learner -> setup.learners().tell(learner, ping));
      confirm(setup.self(), reads.current()); // alone it is a quorum
    }
  }

  private void confirm(ServerId server, long round) {
    if (round == reads.current() && round > 0 && setup.isQuorum(reads.confirm(server, round))) {
      reads.end().forEach(read -> notice(read.from(), new Notice.Synced(read.session(), read.cxid())));
      askWhetherItLeads();
    }
  }

  private void claim(Leader.Claim claim) {
    if (isProved(claim)) {
      Optional<ServerId> home = Optional.ofNullable(homes.get(claim.session()));
      boolean elsewhere = home.isPresent() && !home.get().equals(claim.from());
      if (claim.kept() && elsewhere) {
        notice(claim.from(), new Notice.Moved(claim.session()));
      } else {
        homes.put(claim.session(), claim.from());
        reads.forget(claim.session());
        if (!claim.kept() && (elsewhere || home.isEmpty())) {
          recordMove(claim.session());
        }
        home.filter(former -> elsewhere).ifPresent(former -> notice(former, new Notice.Moved(claim.session())));
      }
    }
    // Who keeps a session sends on without waiting for this, and need not hear it first.
    notice(claim.from(), new Notice.Synced(claim.session(), claim.cxid()), !claim.kept());
  }

  private boolean isProved(Leader.Claim claim) {
    return tree.session(claim.session()).filter(known -> known.password().equals(claim.password())).isPresent();
  }

  /**
   * In the log, though it changes nothing: a server where the session was connected before may have no leader just now, and
   * has to hear of it before it sends anything again. Without room in the log the session may come all the same.
   */
  private void recordMove(long session) {
    boolean alone = setup.around().ensemble().peers().isEmpty();
    if (!alone && room != Room.NONE) {
      add(new Transaction(next, session, 0, setup.around().clock().millis(), Change.MOVED));
    }
  }

  private void take(ServerId server, Request request) {
    long session = request.requester().session();
    if (resigning) {
      return; // who asked has no answer, and asks the next leader
    }
    if (!isThereRoomFor(request.operation())) {
      notice(server, new Notice.Refused(session, request.cxid(), ErrorCode.THROTTLED_OP));
      return;
    }
    Change change = tree.prepare(request.operation(), request.requester(), setup.settings().extendedTypes());
    add(new Transaction(next, session, request.cxid(), setup.around().clock().millis(), change, request.heardUpTo()));
    if (change instanceof Change.SessionOpened) {
      homes.put(session, server);
    } else if (change instanceof Change.SessionClosed) {
      homes.remove(session);
    }
  }

  private void add(Transaction transaction) {
    if (noticed.contains(transaction.session())) {
      propose(); // a session's answers come in the order of its requests; what others do may come before a notice
    }
    Applied applied = tree.apply(transaction);
    tree = applied.tree();
    next = next.next();
    gathering.add(applied);
    gatheringBytes += TRANSACTION + Weight.of(transaction.change());
    if (gathering.size() >= setup.settings().maxBatch() || gatheringBytes >= setup.settings().maxBatchBytes()) {
      propose();
    }
  }

  private void proposeGathered() {
    if (syncing == 0 && !gathering.isEmpty()) {
      propose();
    }
  }

  private void propose() {
    List<Transaction> transactions = gathering.stream().map(Applied::transaction).toList();
    Batch batch = Batch.of(transactions, tree.digest());
    ActorRef<Proposal.Command> proposal = idle.isEmpty() ? spawnProposal() : idle.pop();
    proposal.tell(new Proposal.Begin(batch.last()));
    Pending proposed = new Pending(gathering, proposal);
    proposed.after.addAll(gatheringNotices);
    pending.add(proposed);
    setup.around().metrics().proposed(transactions.size());
    gathering = new ArrayList<>();
    gatheringNotices = new ArrayList<>();
    noticed.clear();
    gatheringBytes = 0;
    syncing++;
    setup.log().tell(new TransactionLog.Append(batch, setup.logReplies()));
    LearnerHandler.Propose toLearners = new LearnerHandler.Propose(recent.end(), batch);
    streaming.forEach(learner -> setup.learners().tell(learner, toLearners));
    recent.add(batch, committed);
  }

  private ActorRef<Proposal.Command> spawnProposal() {
    return setup.context().spawn(
        Proposal.create(setup.around().ensemble().quorum(), setup.context().getSelf()),
        "proposal-" + (pending.size() + 1),
        DispatcherSelector.sameAsParent());
  }

  /** A learner that is near enough gets the rest, and from now on everything; another one has to read on. */
  private void stream(Leader.WantsHistory wants) {
    Optional<List<Batch>> missed = recent.after(wants.after());
    if (missed.isPresent()) {
      streaming.add(wants.learner());
      setup.learners().tell(wants.learner(), new LearnerHandler.Stream(epoch, missed.get()));
    } else {
      setup.learners().tell(wants.learner(), new LearnerHandler.ReadTheLog());
    }
  }

  /** Acks are cumulative. */
  private void ack(LearnerId learner, Zxid upTo) {
    Optional<Zxid> before = Optional.ofNullable(acknowledged.put(learner, upTo));
    for (Pending each : pending) {
      if (each.last.isAfter(upTo)) {
        return;
      }
      if (before.isEmpty() || each.last.isAfter(before.get())) {
        each.proposal.tell(new Proposal.Ack(each.last, learner.server()));
      }
    }
  }

  private Behavior<Leader.Command> choose(Zxid last) {
    for (Pending each : pending) {
      if (each.last.equals(last)) {
        each.chosen = true;
        setup.around().metrics().quorumReached(System.nanoTime() - each.proposedAt);
      }
    }
    commitChosen();
    return resignWhenDone();
  }

  /** The others could go on with a leader whose disk works. */
  private boolean doesTheDiskHang() {
    return !setup.around().ensemble().peers().isEmpty()
        && !pending.isEmpty()
        && !pending.peek().stored
        && ++pending.peek().beatsUnstored > setup.settings().syncBeats();
  }

  /**
   * Commits in order, whatever the order in which quorums were reached, and nothing that is not on this server's own
   * disk: no tree is ever ahead of its log.
   */
  private void commitChosen() {
    while (!pending.isEmpty() && pending.peek().chosen && pending.peek().stored) {
      Pending batch = pending.poll();
      idle.push(batch.proposal);
      committed = batch.last;
      setup.around().metrics().committed(System.nanoTime() - batch.proposedAt, batch.applied.size());
      LearnerHandler.Commit toLearners = new LearnerHandler.Commit(committed);
      acknowledged.keySet().forEach(learner -> setup.learners().tell(learner, toLearners));
      setup.replica().tell(new Replica.Adopt(batch.applied, batch.position));
      batch.after.forEach(this::pass);
    }
  }

  /** Puts a notice behind all that was taken up so far, and before all that its session does next. */
  private void notice(ServerId server, Notice notice) {
    notice(server, notice, true);
  }

  private void notice(ServerId server, Notice notice, boolean beforeWhatFollows) {
    // In a conversation that has just begun nobody has asked for anything yet: it would be for an earlier one.
    Optional<LearnerId> to = setup.learners().current(server).filter(acknowledged::containsKey);
    if (to.isEmpty() && !server.equals(setup.self())) {
      return; // its sessions ask again where they have to
    }
    Addressed addressed = new Addressed(to, notice);
    if (!gathering.isEmpty()) {
      gatheringNotices.add(addressed);
      if (beforeWhatFollows) {
        noticed.add(notice.session());
      }
    } else if (!pending.isEmpty()) {
      pending.peekLast().after.add(addressed);
    } else {
      pass(addressed);
    }
  }

  /** In a later conversation the same session might take it for the answer to something else. */
  private void pass(Addressed addressed) {
    addressed.to().ifPresentOrElse(
        learner -> setup.learners().tell(learner, new LearnerHandler.Tell(List.of(addressed.notice()))),
        () -> setup.replica().tell(new Replica.Pass(addressed.notice())));
  }

  private void reportWhoIsInStep() {
    setup.server().tell(new Leader.InStep(
        acknowledged.keySet().stream().map(LearnerId::server).collect(Collectors.toSet())));
  }

  private Behavior<Leader.Command> resignWhenDone() {
    return resigning && pending.isEmpty() && gathering.isEmpty()
        ? setup.stepDown(epoch, "it was asked to resign")
        : Behaviors.same();
  }

  private boolean isThereRoomFor(Operation operation) {
    return switch (room) {
      case ENOUGH -> true;
      case RESERVE -> operation instanceof Operation.OpenSession
          || operation instanceof Operation.CloseSession
          || operation instanceof Operation.Delete
          || operation instanceof Operation.DeleteContainer;
      case NONE -> false;
    };
  }

  private void onRoom(Room left) {
    if (left != room) {
      switch (left) {
        case ENOUGH -> setup.context().getLog().info("the log's disk has room again: writes are taken up");
        case RESERVE -> setup.context().getLog().warn(
            "the log's disk is nearly full: reads go on, writes other than deletes are refused. Free some space on it");
        case NONE -> setup.context().getLog().error(
            "the log's disk is full: reads go on, every write is refused. Free some space on it");
      }
      room = left;
    }
    if (room != Room.ENOUGH) {
      setup.timers().startSingleTimer(new Leader.RoomCheckDue(), ROOM_CHECK);
    }
  }

  private void askForRoom() {
    setup.log().tell(new TransactionLog.GetRoom(setup.logReplies()));
  }
}
