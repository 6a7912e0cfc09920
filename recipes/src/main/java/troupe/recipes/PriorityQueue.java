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
 * A queue of which the item with the lowest priority number is taken first, and of several with the same the one that was
 * put first. Otherwise like {@link FifoQueue}.
 *
 * <p>Lay-out: names are those of Curator's {@code DistributedPriorityQueue}, so that both see the same order. A znode's data
 * is the item, plain; Curator's has several in one, in a frame of its own, and takes a plain one for damaged: the two do
 * not share a path.
 */
public final class PriorityQueue {
  /** All that the actor understands. Each is answered once. */
  public sealed interface Command {}

  /** @param priority the lower, the sooner; it may be negative */
  public record Put(ByteString item, int priority, ActorRef<Outcome<Answer.Created>> replyTo) implements Command {}

  /** Answered when there was an item to be taken; never taken for one whose queue has been stopped. */
  public record Take(ActorRef<Outcome<ByteString>> replyTo) implements Command {}

  /** Answered with nothing if there is nothing. */
  public record Poll(ActorRef<Outcome<Optional<ByteString>>> replyTo) implements Command {}

  /** What would be next; it stays. */
  public record Peek(ActorRef<Outcome<Optional<ByteString>>> replyTo) implements Command {}

  private static final String KIND = "queue-";

  private final Items items;

  private PriorityQueue(Znodes znodes, Materializer materializer, String path) {
    this.items = new Items(znodes, materializer, path, KIND);
  }

  public static PriorityQueue of(ActorSystem<?> system, TroupeClient client, String path) {
    return new PriorityQueue(Znodes.of(client), Materializer.matFromSystem(system), path);
  }

  public static Behavior<Command> create(ActorRef<Session.Command> session, String path) {
    return Answering.create(
        session, (znodes, materializer) -> new PriorityQueue(znodes, materializer, path), PriorityQueue::onMessage);
  }

  private void onMessage(Command message) {
    switch (message) {
      case Put put -> Znodes.answer(put(put.item(), put.priority()), put.replyTo());
      case Take take -> Znodes.answer(take(), take.replyTo());
      case Poll poll -> Znodes.answer(poll(), poll.replyTo());
      case Peek peek -> Znodes.answer(peek(), peek.replyTo());
    }
  }

  /** @param priority the lower, the sooner; it may be negative */
  public CompletionStage<Answer.Created> put(ByteString item, int priority) {
    return items.put(rank(priority), item);
  }

  /** Sorts like the numbers: a digit for the sign, then the two's complement. */
  static String rank(int priority) {
    return "%s%08X".formatted(priority < 0 ? "0" : "1", priority);
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
