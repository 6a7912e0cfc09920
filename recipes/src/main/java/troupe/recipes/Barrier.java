package troupe.recipes;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
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
 * Holds up all who wait at it until somebody removes it. It stays when the session ends that has set it.
 *
 * <p>Lay-out: that of Curator's {@code DistributedBarrier}.
 */
public final class Barrier {
  /** All that the actor understands. Each is answered once. */
  public sealed interface Command {}

  /** Put it there, if it is not. */
  public record Set(ActorRef<Outcome<Done>> replyTo) implements Command {}

  /** Take it away, if it is there. */
  public record Remove(ActorRef<Outcome<Done>> replyTo) implements Command {}

  /** Answered when it is not there. */
  public record Await(ActorRef<Outcome<Done>> replyTo) implements Command {}

  private final Znodes znodes;
  private final Materializer materializer;
  private final String path;

  private Barrier(Znodes znodes, Materializer materializer, String path) {
    this.znodes = znodes;
    this.materializer = materializer;
    this.path = path;
  }

  public static Barrier of(ActorSystem<?> system, TroupeClient client, String path) {
    return new Barrier(Znodes.of(client), Materializer.matFromSystem(system), path);
  }

  public static Behavior<Command> create(ActorRef<Session.Command> session, String path) {
    return Answering.create(
        session, (znodes, materializer) -> new Barrier(znodes, materializer, path), Barrier::onMessage);
  }

  private void onMessage(Command message) {
    switch (message) {
      case Set set -> Znodes.answer(set(), set.replyTo());
      case Remove remove -> Znodes.answer(remove(), remove.replyTo());
      case Await await -> Znodes.answer(await(), await.replyTo());
    }
  }

  /** Completes when it is there. */
  public CompletionStage<Done> set() {
    CompletionStage<Done> set = znodes
        .create(new Operation.Create(path, ByteString.emptyByteString(), CreateMode.PERSISTENT))
        .thenApply(created -> Done.getInstance());
    return Znodes.or(set, ErrorCode.NODE_EXISTS, Znodes::done);
  }

  /** Completes when it is gone. */
  public CompletionStage<Done> remove() {
    return znodes.delete(path);
  }

  /** Completes when it is not there. */
  public CompletionStage<Done> await() {
    return znodes.exists(path).thenCompose(there -> there.stat().isEmpty()
        ? Znodes.done()
        : znodes.change(path, WatchScope.NODE, there.zxid(), Barrier::removes, materializer).thenCompose(gone -> await()));
  }

  private static boolean removes(WatchEvent event) {
    return event.kind() == WatchEvent.Kind.DELETED;
  }
}
