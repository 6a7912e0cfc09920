package troupe.loops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

class CoreLoopTest {
  private static final String DISPATCHER = "troupe.core-dispatcher";

  @Test
  void actorsOfTheCoreRunOnItsThreadUntilTheirSystemHasEnded() {
    try (CoreLoop core = new CoreLoop()) {
      ActorTestKit kit = ActorTestKit.create(core.config()
          .withFallback(ConfigFactory.parseString(DISPATCHER + ".type = Dispatcher"))
          .withFallback(ConfigFactory.load()));
      CompletableFuture<Boolean> stopped = new CompletableFuture<>();
      TestProbe<Boolean> probe = kit.createTestProbe();
      ActorRef<String> actor = kit.spawn(Behaviors.receive(String.class)
          .onAnyMessage(any -> {
            probe.ref().tell(core.loop().inEventLoop());
            return Behaviors.same();
          })
          .onSignal(PostStop.class, stop -> {
            stopped.complete(core.loop().inEventLoop());
            return Behaviors.same();
          })
          .build(), DispatcherSelector.fromConfig(DISPATCHER));
      actor.tell("where are you?");
      assertTrue(probe.receiveMessage());
      kit.shutdownTestKit();
      assertTrue(stopped.join());
    }
  }

  @Test
  void aTurnEndsWhenAllThatCameOfItIsDone() {
    try (CoreLoop core = new CoreLoop()) {
      List<String> done = new ArrayList<>();
      CompletableFuture<Void> ended = new CompletableFuture<>();
      core.loop().execute(() -> {
        core.atEndOfTurn(() -> {
          done.add("end");
          ended.complete(null);
        });
        core.loop().execute(() -> {
          done.add("first");
          core.loop().execute(() -> done.add("second"));
        });
      });
      ended.join();
      assertEquals(List.of("first", "second", "end"), done);
    }
  }
}
