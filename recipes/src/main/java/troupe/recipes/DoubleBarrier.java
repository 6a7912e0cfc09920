package troupe.recipes;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;
import troupe.client.CreateMode;
import troupe.client.ErrorCode;
import troupe.client.Operation;
import troupe.client.Session;
import troupe.client.TroupeClient;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;

/**
 * Several begin together, and are done together: each that enters waits until so many have, and each that leaves waits
 * until all have. One who dies, or whose session expires, counts as one who has left.
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
    return new DoubleBarrier(new Znodes(client.session()), Materializer.matFromSystem(system), path, members);
  }

  /** One who takes part; it leaves when it is stopped. */
  public static Behavior<Command> create(ActorRef<Session.Command> session, String path, int members) {
    return Behaviors.setup(context -> {
      DoubleBarrier barrier =
          new DoubleBarrier(new Znodes(session), Materializer.createMaterializer(context), path, members);
      return Behaviors.receive(
          (same, message) -> {
            switch (message) {
              case Enter enter -> Znodes.answer(barrier.enter(), enter.replyTo());
              case Leave leave -> Znodes.answer(barrier.leave(), leave.replyTo());
            }
            return Behaviors.same();
          },
          (same, signal) -> {
            if (signal instanceof PostStop) {
              barrier.znodes.delete(barrier.own);
            }
            return Behaviors.unhandled();
          });
    });
  }

  /** Completes when enough have entered; fails with {@code NODE_EXISTS} for one who has entered already. */
  public CompletionStage<Done> enter() {
    return znodes.create(new Operation.Create(own, ByteString.emptyByteString(), CreateMode.EPHEMERAL))
        .thenCompose(entered -> awaitReady());
  }

  private CompletionStage<Done> awaitReady() {
    return znodes.children(path).thenCompose(listing -> {
      if (listing.names().contains(READY)) {
        return Znodes.done();
      }
      return listing.names().size() >= members
          ? beReady()
          : znodes.change(path, WatchScope.CHILDREN, listing.zxid(), this::makesReady, materializer)
              .thenCompose(change -> awaitReady());
    });
  }

  private boolean makesReady(WatchEvent event) {
    return event.kind() == WatchEvent.Kind.CREATED && event.path().equals(ready);
  }

  private CompletionStage<Done> beReady() {
    CompletionStage<Done> made = znodes
        .ask(new Operation.Create(ready, ByteString.emptyByteString(), CreateMode.PERSISTENT))
        .thenApply(created -> Done.getInstance());
    return Znodes.or(made, ErrorCode.NODE_EXISTS, Znodes::done);
  }

  /** Completes when all have left; fails with {@code NO_NODE} for one who has not entered, or whose session has expired. */
  public CompletionStage<Done> leave() {
    return znodes.ask(new Operation.Delete(own))
        .thenCompose(left -> awaitAllLeft())
        .thenCompose(all -> znodes.delete(ready));
  }

  /** Of Curator's, the one whose name is the first is the last to leave. */
  private CompletionStage<Done> awaitAllLeft() {
    return znodes.children(path).thenCompose(listing -> {
      List<String> others = listing.names().stream().filter(name -> !name.equals(READY)).sorted().toList();
      return others.isEmpty()
          ? Znodes.done()
          : znodes.change(Znodes.child(path, others.getFirst()), WatchScope.NODE, listing.zxid(),
              event -> event.kind() == WatchEvent.Kind.DELETED, materializer).thenCompose(gone -> awaitAllLeft());
    });
  }
}
