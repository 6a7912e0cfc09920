package troupe.recipes;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;
import troupe.client.Answer;
import troupe.client.CreateMode;
import troupe.client.ErrorCode;
import troupe.client.Operation;
import troupe.client.Session;
import troupe.client.TroupeClient;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;

/**
 * Several begin together, and are done together: each that enters waits until so many have, and each that leaves waits
 * until all have with whom it began. One who dies, or whose session expires, counts as one who has left.
 *
 * <p>Each takes part once: who has left enters again with another. The next round begins when all have left the last.
 *
 * <p>Lay-out: that of Curator's {@code DistributedDoubleBarrier}, with which it waits.
 */
public final class DoubleBarrier {
  /** All that the actor understands. Each is answered once. */
  public sealed interface Command {}

  /** Answered when enough have entered. */
  public record Enter(ActorRef<Outcome<Done>> replyTo) implements Command {}

  /** Answered when all have left. */
  public record Leave(ActorRef<Outcome<Done>> replyTo) implements Command {}

  private static final String READY = "ready";

  private final Znodes znodes;
  private final Materializer materializer;
  private final String path;
  private final int members;
  private final String own;
  private final String ready;

  /** Of the own znode: completes when nothing that was begun can bring it to be any more. */
  private volatile CompletionStage<Done> creation = Znodes.done();

  /** Who was there when enough had entered. Others that are there when these leave have entered for the next round. */
  private volatile Set<String> companions = Set.of();

  private DoubleBarrier(Znodes znodes, Materializer materializer, String path, int members) {
    if (members < 1) {
      throw new IllegalArgumentException("a barrier for " + members + ": it has to be at least one");
    }
    this.znodes = znodes;
    this.materializer = materializer;
    this.path = path;
    this.members = members;
    this.own = Znodes.child(path, UUID.randomUUID().toString());
    this.ready = Znodes.child(path, READY);
  }

  /**
   * For one who takes part.
   *
   * @throws IllegalArgumentException unless it is for at least one
   */
  public static DoubleBarrier of(ActorSystem<?> system, TroupeClient client, String path, int members) {
    return new DoubleBarrier(Znodes.of(client), Materializer.matFromSystem(system), path, members);
  }

  /** One who takes part; it leaves when it is stopped. */
  public static Behavior<Command> create(ActorRef<Session.Command> session, String path, int members) {
    return Answering.create(
        session,
        (znodes, materializer) -> new DoubleBarrier(znodes, materializer, path, members),
        DoubleBarrier::onMessage,
        DoubleBarrier::goAway);
  }

  private void onMessage(Command message) {
    switch (message) {
      case Enter enter -> Znodes.answer(enter(), enter.replyTo());
      case Leave leave -> Znodes.answer(leave(), leave.replyTo());
    }
  }

  /** Completes when enough have entered; fails with {@code NODE_EXISTS} for one who has entered already. */
  public CompletionStage<Done> enter() {
    CompletionStage<Answer.Created> created =
        znodes.create(new Operation.Create(own, ByteString.emptyByteString(), CreateMode.EPHEMERAL));
    creation = creation.thenCombine(
        created.handle((there, refused) -> Done.getInstance()), (before, settled) -> settled);
    return created.thenCompose(entered -> awaitReady().exceptionallyCompose(failure -> znodes.delete(own)
        .handle((gone, refused) -> Done.getInstance())
        .thenCompose(left -> CompletableFuture.failedStage(failure))));
  }

  private CompletionStage<Done> awaitReady() {
    return znodes.children(path).thenCompose(listing -> {
      if (listing.names().contains(READY)) {
        return begin(listing);
      }
      return listing.names().size() >= members
          ? beReady().thenCompose(made -> begin(listing))
          : znodes.change(path, WatchScope.CHILDREN, listing.zxid(), this::makesReady, materializer)
              .thenCompose(seen -> seen ? znodes.children(path).thenCompose(this::begin) : awaitReady());
    });
  }

  private CompletionStage<Done> begin(Znodes.Listing listing) {
    companions = Set.copyOf(listing.names());
    return Znodes.done();
  }

  private boolean makesReady(WatchEvent event) {
    return event.kind() == WatchEvent.Kind.CREATED && event.path().equals(ready);
  }

  /** For those who are there now: it goes with its maker's session, lest it let the next ones in. */
  private CompletionStage<Done> beReady() {
    CompletionStage<Done> made = znodes
        .ask(new Operation.Create(ready, ByteString.emptyByteString(), CreateMode.EPHEMERAL))
        .thenApply(created -> Done.getInstance());
    return Znodes.or(made, ErrorCode.NODE_EXISTS, Znodes::done);
  }

  /** Completes when all have left; fails with {@code NO_NODE} for one who has not entered, or whose session has expired. */
  public CompletionStage<Done> leave() {
    return znodes.ask(new Operation.Delete(own)).thenCompose(left -> awaitAllLeft());
  }

  /** Of Curator's, the one whose name is the first is the last to leave. */
  private CompletionStage<Done> awaitAllLeft() {
    return znodes.children(path).thenCompose(listing -> listing.names().stream()
        .filter(name -> companions.contains(name) && !name.equals(READY)).sorted().findFirst()
        .map(other -> znodes
            .change(Znodes.child(path, other), WatchScope.NODE, listing.zxid(), DoubleBarrier::leaves, materializer)
            .thenCompose(gone -> awaitAllLeft()))
        .orElseGet(() -> endRound(listing)));
  }

  private static boolean leaves(WatchEvent event) {
    return event.kind() == WatchEvent.Kind.DELETED;
  }

  /** By whoever finds nobody else there. What has been made since is the next round's. */
  private CompletionStage<Done> endRound(Znodes.Listing listing) {
    return listing.names().equals(List.of(READY))
        ? znodes.exists(ready).thenCompose(there -> there.stat()
            .filter(stat -> Long.compareUnsigned(stat.czxid(), listing.zxid()) <= 0).isPresent()
                ? znodes.delete(ready)
                : Znodes.done())
        : Znodes.done();
  }

  private void goAway() {
    creation.thenCompose(settled -> znodes.delete(own))
        .thenCompose(gone -> znodes.children(path))
        .thenCompose(this::endRound);
  }
}
