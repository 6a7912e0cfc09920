package troupe.examples;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.client.Fence;
import troupe.recipes.Claim;
import troupe.recipes.Lock;
import troupe.recipes.Lost;
import troupe.recipes.Renewed;
import troupe.recipes.Resumed;
import troupe.recipes.Suspended;

/**
 * Gets a lock, writes twice to a store, and releases the lock. It may be paused in between, at the worst of all moments.
 * {@code Waiting -> Writing -> Leaving}, and the end.
 */
final class Writer {
  /** The exit code of one whose second write was refused. */
  static final int WAS_REFUSED = 3;

  private static final String PATH = "/examples/paused-holder";

  private sealed interface Command {}

  private record LockTold(Claim.Event event) implements Command {}

  /** @param code of HTTP */
  private record Answered(int code) implements Command {}

  private record StoreLost(Throwable failure) implements Command {}

  private final ActorContext<Command> context;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String name;
  private final URI store;
  private final boolean isPaused;
  private final CompletableFuture<Integer> exitCode;
  private final ActorRef<Claim.Command> lock;

  private Writer(ActorContext<Command> context, Options options, CompletableFuture<Integer> exitCode) {
    this.context = context;
    this.name = options.words().get(0);
    this.store = URI.create(options.words().get(1));
    this.isPaused = options.words().get(2).equals("paused");
    this.exitCode = exitCode;
    ActorRef<Claim.Event> events = context.messageAdapter(Claim.Event.class, LockTold::new);
    this.lock = context.spawn(
        Renewed.<Claim.Command>create(options.session(), session -> Lock.create(session, PATH, events)), "lock");
  }

  /** The process. */
  static int run(Options options) throws Exception {
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    ActorSystem<Command> system = ActorSystem.create(
        Behaviors.setup(context -> new Writer(context, options, exitCode).waiting()), "troupe", options.config());
    int code = exitCode.get(Examples.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(Examples.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    return code;
  }

  private Behavior<Command> waiting() {
    return Behaviors.receiveMessage(message -> switch (message) {
      case LockTold(Claim.Held(Fence fence)) -> {
        Examples.say(name, "holds the lock");
        write(fence, "begins");
        yield writing(fence, true);
      }
      case LockTold other -> Behaviors.same(); // nothing is held yet, and who is lost in line is in line again
      case Answered early -> Behaviors.unhandled();
      case StoreLost early -> Behaviors.unhandled();
    });
  }

  /** @param isHeld for all that is known here; which is why the store gets the fence */
  private Behavior<Command> writing(Fence fence, boolean isHeld) {
    return Behaviors.receiveMessage(message -> switch (message) {
      case LockTold(Suspended suspended) -> writing(fence, false);
      case LockTold(Resumed resumed) -> writing(fence, true);
      case LockTold(Lost lost) -> end(Examples.WRONG, "has lost the lock before it could go on");
      case LockTold other -> Behaviors.same();
      case Answered answer when answer.code() == Store.ACCEPTED && isHeld -> {
        if (isPaused) {
          Examples.say(name, "knows that it holds the lock, and stands still in this very moment");
          Child.standStill();
        }
        write(fence, "goes on");
        yield leaving();
      }
      case Answered refused -> end(Examples.WRONG, "could not begin, the store has answered " + refused.code());
      case StoreLost lost -> end(Examples.WRONG, "cannot reach the store: " + lost.failure());
    });
  }

  private Behavior<Command> leaving() {
    return Behaviors.receiveMessage(message -> switch (message) {
      case Answered answer when answer.code() == Store.ACCEPTED -> {
        lock.tell(new Claim.Release());
        yield Behaviors.same();
      }
      case Answered refused -> end(WAS_REFUSED, "was refused by the store, and so knows that the lock is another's");
      case LockTold(Claim.Released released) -> end(Examples.RIGHT, "has released the lock");
      case LockTold other -> Behaviors.same(); // what was written is written; the store's answer says what became of it
      case StoreLost lost -> end(Examples.WRONG, "cannot reach the store: " + lost.failure());
    });
  }

  private void write(Fence fence, String what) {
    HttpRequest request = HttpRequest.newBuilder(store)
        .header(Store.FENCE, Long.toUnsignedString(fence.zxid()))
        .PUT(HttpRequest.BodyPublishers.ofString(name + " " + what))
        .build();
    CompletionStage<HttpResponse<Void>> answer = http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
    context.pipeToSelf(answer, (response, failure) ->
        failure == null ? new Answered(response.statusCode()) : new StoreLost(failure));
  }

  private Behavior<Command> end(int code, String why) {
    Examples.say(name, why);
    exitCode.complete(code);
    return Behaviors.stopped();
  }
}
