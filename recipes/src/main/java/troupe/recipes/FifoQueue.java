package troupe.recipes;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;
import troupe.client.Answer;
import troupe.client.Session;
import troupe.client.TroupeClient;

/**
 * A queue: what was put first is taken first, each item by one taker. An item outlives the session that has put it. It is
 * gone with its taking: who takes one and dies before he is done with it has lost it.
 *
 * <p>For a coordination service, queues are short: each taking lists all that is there.
 *
 * <p>Lay-out: that of Curator's {@code SimpleDistributedQueue}.
 */
public final class FifoQueue {
  /** All that the actor understands. Each is answered once. */
  public sealed interface Command {}

  public record Put(ByteString item, ActorRef<Outcome<Answer.Created>> replyTo) implements Command {}

  /** Answered when there was an item to be taken; never taken for one whose queue has been stopped. */
  public record Take(ActorRef<Outcome<ByteString>> replyTo) implements Command {}

  /** Answered with nothing if there is nothing. */
  public record Poll(ActorRef<Outcome<Optional<ByteString>>> replyTo) implements Command {}

  /** What would be next; it stays. */
  public record Peek(ActorRef<Outcome<Optional<ByteString>>> replyTo) implements Command {}

  private static final String KIND = "qn-";

  private final Items items;

  private FifoQueue(Znodes znodes, Materializer materializer, String path) {
    this.items = new Items(znodes, materializer, path, KIND);
  }

  public static FifoQueue of(ActorSystem<?> system, TroupeClient client, String path) {
    return new FifoQueue(Znodes.of(client), Materializer.matFromSystem(system), path);
  }

  public static Behavior<Command> create(ActorRef<Session.Command> session, String path) {
    return Answering.create(
        session, (znodes, materializer) -> new FifoQueue(znodes, materializer, path), FifoQueue::onMessage);
  }

  private void onMessage(Command message) {
    switch (message) {
      case Put put -> Znodes.answer(put(put.item()), put.replyTo());
      case Take take -> Znodes.answer(take(), take.replyTo());
      case Poll poll -> Znodes.answer(poll(), poll.replyTo());
      case Peek peek -> Znodes.answer(peek(), peek.replyTo());
    }
  }

  public CompletionStage<Answer.Created> put(ByteString item) {
    return items.put("", item);
  }

  /**
   * Completes when there was an item to be taken. Who does not want to wait any longer cancels this very future, or has
   * it time out by itself ({@code orTimeout}): then it takes nothing. A {@code get} that gives up does neither.
   */
  public CompletionStage<ByteString> take() {
    return items.take();
  }

  /** The next item, if there is one. */
  public CompletionStage<Optional<ByteString>> poll() {
    return items.poll();
  }

  /** What would be next; it stays. */
  public CompletionStage<Optional<ByteString>> peek() {
    return items.peek();
  }
}
