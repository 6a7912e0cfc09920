package troupe.examples;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.client.TroupeClient;
import troupe.recipes.ServiceInstance;

/**
 * A service registry with live load balancing. This process calls a service again and again; the services, each a process,
 * come and go: two at first, a third comes, one is killed, one takes its leave. Every call is answered.
 */
final class LoadBalancing {
  static final String BASE = "/examples/services";
  static final String SERVICE = "greeter";

  private static final int CALLS = 300;
  private static final int PHASES = 4;
  private static final int FEW = 5;
  private static final int BETWEEN_CALLS = 20; // ms
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

  private final ActorSystem<?> system;
  private final ActorRef<Balancer.Command> balancer;
  private final HttpClient http = HttpClient.newHttpClient();

  private LoadBalancing(ActorSystem<?> system, ActorRef<Balancer.Command> balancer) {
    this.system = system;
    this.balancer = balancer;
  }

  static int run(Options options) throws Exception {
    int calls = Math.max(1, options.size().orElse(CALLS) / PHASES); // in each phase
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "troupe", options.config());
    TroupeClient client = get(TroupeClient.open(system, options.session().withTimeout(Examples.PATIENCE)));
    ActorRef<Balancer.Command> balancer =
        system.systemActorOf(Balancer.create(client.session(), BASE, SERVICE), "balancer", Props.empty());
    LoadBalancing caller = new LoadBalancing(system, balancer);
    try (Child one = greeter(options, "one", 1); Child two = greeter(options, "two", 2)) {
      caller.callUntilAnsweredBy(one.name());
      caller.callUntilAnsweredBy(two.name());
      boolean isRight = caller.call(calls, "one and two are there", Map.of("one", 1, "two", 2));
      try (Child three = greeter(options, "three", 3)) {
        caller.callUntilAnsweredBy(three.name());
        isRight &= caller.call(calls, "three has come", Map.of("one", 1, "two", 2, "three", 3));
        one.kill();
        isRight &= caller.call(calls, "one was killed", Map.of("two", 2, "three", 3));
        two.stop();
        two.awaitEnd();
        isRight &= caller.call(calls, "two has taken its leave", Map.of("three", 3));
      }
      Examples.say("result", isRight
          ? "right: every call was answered, by those who were there, as often as their weights say"
          : "WRONG: calls went to others than they should have");
      return Examples.exitCode(isRight);
    } finally {
      get(client.close());
      system.terminate();
    }
  }

  private static Child greeter(Options options, String name, int weight) throws IOException {
    return Child.start(options, "greeter", name, Integer.toString(weight));
  }

  private void callUntilAnsweredBy(String name) throws Exception {
    while (!call().equals(name)) {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_CALLS);
    }
  }

  /** Returns whether the calls were spread by these weights, give or take a few: one may be gone and not be missed yet. */
  private boolean call(int calls, String when, Map<String, Integer> weights) throws Exception {
    Map<String, Integer> answers = new TreeMap<>();
    for (int i = 0; i < calls; i++) {
      answers.merge(call(), 1, Integer::sum);
      TimeUnit.MILLISECONDS.sleep(BETWEEN_CALLS);
    }
    Examples.say("story", when + ": " + calls + " calls were answered by " + answers);
    int all = weights.values().stream().mapToInt(Integer::intValue).sum();
    return weights.keySet().containsAll(answers.keySet()) && weights.entrySet().stream().allMatch(each ->
        Math.abs(answers.getOrDefault(each.getKey(), 0) - calls * each.getValue() / all) <= FEW + calls / FEW);
  }

  /** Calls one after the other until one answers, and says whose answer it is. */
  private String call() throws Exception {
    while (true) {
      ServiceInstance chosen =
          get(AskPattern.ask(balancer, Balancer.Choose::new, Examples.PATIENCE, system.scheduler()));
      URI address = URI.create("http://" + chosen.address() + ":" + chosen.port().orElseThrow() + "/");
      try {
        return http.send(HttpRequest.newBuilder(address).timeout(ANSWER_TIMEOUT).build(),
            HttpResponse.BodyHandlers.ofString()).body();
      } catch (IOException silent) {
        Examples.say("story", "no answer from " + address + ", so another one is called");
        balancer.tell(new Balancer.Report(chosen));
      }
    }
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(Examples.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
