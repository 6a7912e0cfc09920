package troupe.recipes;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongUnaryOperator;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import troupe.client.CreateMode;
import troupe.client.ErrorCode;
import troupe.client.Operation;
import troupe.client.Session;
import troupe.client.Stat;
import troupe.client.TroupeClient;
import troupe.client.WatchScope;

/**
 * A number that many read and change. Nobody's change is lost, and none is done twice; where two change it at once, one of
 * them tries again. One that nobody has set is 0. It outlives the sessions.
 *
 * <p>Lay-out: with {@link Width#LONG} that of Curator's {@code DistributedAtomicLong}, with {@link Width#INT} that of its
 * {@code SharedCount}.
 */
public final class Counter {
  /** How a number is stored. */
  public enum Width {
    /** Four bytes, the highest first. */
    INT,
    /** Eight bytes, the highest first. */
    LONG
  }

  /** @param version how often it was set, which {@link SetIf} may demand; none: it has never been */
  public record Value(long number, OptionalInt version) {}

  /** All that the actor understands. Each is answered once. */
  public sealed interface Command {}

  public record Get(ActorRef<Outcome<Value>> replyTo) implements Command {}

  /** Answered with what it came to. */
  public record Add(long number, ActorRef<Outcome<Value>> replyTo) implements Command {}

  public record Set(long number, ActorRef<Outcome<Value>> replyTo) implements Command {}

  /** Answered with {@code BAD_VERSION} if it is not that value any more. */
  public record SetIf(Value expected, long number, ActorRef<Outcome<Value>> replyTo) implements Command {}

  private final Znodes znodes;
  private final String path;
  private final Width width;

  private Counter(Znodes znodes, String path, Width width) {
    this.znodes = znodes;
    this.path = path;
    this.width = width;
  }

  public static Counter of(TroupeClient client, String path, Width width) {
    return new Counter(Znodes.of(client), path, width);
  }

  public static Behavior<Command> create(ActorRef<Session.Command> session, String path, Width width) {
    return Answering.create(
        session, (znodes, materializer) -> new Counter(znodes, path, width), Counter::onMessage);
  }

  private void onMessage(Command message) {
    switch (message) {
      case Get get -> Znodes.answer(get(), get.replyTo());
      case Add add -> Znodes.answer(add(add.number()), add.replyTo());
      case Set set -> Znodes.answer(set(set.number()), set.replyTo());
      case SetIf set -> Znodes.answer(setIf(set.expected(), set.number()), set.replyTo());
    }
  }

  /** As far as this session has seen. */
  public CompletionStage<Value> get() {
    CompletionStage<Value> value = znodes.read(path).thenCompose(node -> parse(node.data(), node.stat()));
    return Znodes.or(value, ErrorCode.NO_NODE,
        () -> CompletableFuture.completedStage(new Value(0, OptionalInt.empty())));
  }

  /**
   * Completes with what it came to. Fails with {@code BAD_ARGUMENTS} if there is no such number in this width, and then
   * nothing was done.
   */
  public CompletionStage<Value> add(long number) {
    return update(now -> Math.addExact(now, number));
  }

  /** Whatever it was. */
  public CompletionStage<Value> set(long number) {
    return update(now -> number);
  }

  /** Fails with {@code BAD_VERSION} if it is not that value any more. */
  public CompletionStage<Value> setIf(Value expected, long number) {
    if (!fits(number)) {
      return outOfRange(number + " does not fit");
    }
    CompletionStage<Value> written = Znodes.or(write(expected, number), ErrorCode.NODE_EXISTS, this::another);
    return Znodes.or(written, ErrorCode.NO_NODE, this::another);
  }

  private CompletionStage<Value> another() {
    return Znodes.refused(ErrorCode.BAD_VERSION, path + ": it is not the value any more that was expected");
  }

  /**
   * What it is, and then again after each change. Changes that follow each other closely may be told as one. Fails with
   * {@link troupe.client.CompactedException} when its taker is so slow that changes were forgotten.
   */
  public Source<Value, NotUsed> values() {
    return Source.completionStage(znodes.exists(path)).flatMapConcat(there ->
        Source.completionStage(get()).concat(
            Session.changes(znodes.session(), path, WatchScope.NODE, Optional.of(there.zxid()))
                .mapAsync(1, change -> get())));
  }

  private CompletionStage<Value> update(LongUnaryOperator change) {
    return get().thenCompose(now -> {
      long next;
      try {
        next = change.applyAsLong(now.number());
      } catch (ArithmeticException e) {
        return outOfRange("the number would become too large");
      }
      if (!fits(next)) {
        return outOfRange(next + " does not fit");
      }
      CompletionStage<Value> written = Znodes.or(write(now, next), ErrorCode.BAD_VERSION, () -> update(change));
      written = Znodes.or(written, ErrorCode.NO_NODE, () -> update(change));
      return Znodes.or(written, ErrorCode.NODE_EXISTS, () -> update(change));
    });
  }

  private CompletionStage<Value> write(Value before, long number) {
    ByteString data = bytes(number);
    CompletionStage<Stat> stat = before.version().isPresent()
        ? znodes.ask(new Operation.SetData(path, data, before.version().getAsInt())).thenApply(set -> set.stat())
        : znodes.create(new Operation.Create(path, data, CreateMode.PERSISTENT)).thenApply(created -> created.stat());
    return stat.thenApply(now -> new Value(number, OptionalInt.of(now.version())));
  }

  private boolean fits(long number) {
    return width == Width.LONG || number == (int) number;
  }

  private <T> CompletionStage<T> outOfRange(String what) {
    return Znodes.refused(ErrorCode.BAD_ARGUMENTS, path + ": " + what + " (" + width + "); nothing was done");
  }

  private ByteString bytes(long number) {
    return ByteString.fromArrayUnsafe(width == Width.INT
        ? ByteBuffer.allocate(Integer.BYTES).putInt((int) number).array()
        : ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  private CompletionStage<Value> parse(ByteString data, Stat stat) {
    int size = width == Width.INT ? Integer.BYTES : Long.BYTES;
    if (data.size() != size && !data.isEmpty()) {
      return Znodes.refused(ErrorCode.BAD_ARGUMENTS,
          path + " has " + data.size() + " bytes, which is no number of this width (" + width + ": " + size + ")");
    }
    ByteBuffer bytes = data.asByteBuffer();
    long number = data.isEmpty() ? 0 : width == Width.INT ? bytes.getInt() : bytes.getLong();
    return CompletableFuture.completedStage(new Value(number, OptionalInt.of(stat.version())));
  }
}
