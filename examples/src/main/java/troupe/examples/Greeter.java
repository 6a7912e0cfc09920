package troupe.examples;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.client.SessionSettings;
import troupe.recipes.Claim;
import troupe.recipes.Lost;
import troupe.recipes.Renewed;
import troupe.recipes.ServiceInstance;
import troupe.recipes.ServiceRegistry;

/**
 * A service: it answers every call with its name. It is registered for as long as it lives, with its address and its weight;
 * on SIGTERM it says that it goes, before it does.
 */
final class Greeter {
  private sealed interface Command {}

  private record RegistrationTold(Claim.Event event) implements Command {}

  private record Leave(ActorRef<Done> replyTo) implements Command {}

  private static final Duration TIME_TO_LEAVE = Duration.ofSeconds(4);

  private Greeter() {}

  /** The process. */
  static int run(Options options) throws Exception {
    String name = options.words().get(0);
    String weight = options.words().get(1);
    HttpServer http = HttpServer.create(new InetSocketAddress(options.ownHost(), 0), 0);
    http.createContext("/", exchange -> {
      byte[] answer = name.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    http.start();
    ServiceInstance instance = ServiceInstance
        .of(LoadBalancing.SERVICE, options.ownHost(), http.getAddress().getPort()).withPayload(weight);
    ActorSystem<Command> system =
        ActorSystem.create(registration(name, options.session(), instance), "troupe", options.config());
    // First of all it takes no more calls, and last of all it leaves the cluster; Pekko's phases are in that order.
    CoordinatedShutdown.get(system).addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "leave the registry",
        () -> AskPattern.ask(system, Leave::new, TIME_TO_LEAVE, system.scheduler()));
    CoordinatedShutdown.get(system).addJvmShutdownHook(() -> http.stop(0));
    system.getWhenTerminated().toCompletableFuture().get();
    return Examples.RIGHT;
  }

  private static Behavior<Command> registration(String name, SessionSettings settings, ServiceInstance instance) {
    return Behaviors.setup(context -> {
      ActorRef<Claim.Event> events = context.messageAdapter(Claim.Event.class, RegistrationTold::new);
      ActorRef<Claim.Command> registration = context.spawn(
          Renewed.<Claim.Command>create(
              settings, session -> ServiceRegistry.instance(session, LoadBalancing.BASE, instance, events)),
          "registration");
      return Behaviors.receiveMessage(message -> switch (message) {
        case RegistrationTold(Claim.Held held) -> {
          Examples.say(name, "is registered, with weight " + instance.payload().orElseThrow());
          yield Behaviors.same();
        }
        case RegistrationTold(Lost lost) -> {
          Examples.say(name, "is not registered, and will be again: " + lost.failure().message());
          yield Behaviors.same();
        }
        case RegistrationTold other -> Behaviors.same(); // suspended or resumed: who can call it may go on
        case Leave leave -> {
          registration.tell(new Claim.Release());
          yield leaving(name, leave.replyTo());
        }
      });
    });
  }

  private static Behavior<Command> leaving(String name, ActorRef<Done> replyTo) {
    return Behaviors.receiveMessage(message -> switch (message) {
      case RegistrationTold(Claim.Released released) -> {
        Examples.say(name, "is not registered any more, and goes");
        replyTo.tell(Done.getInstance());
        yield Behaviors.same();
      }
      case RegistrationTold other -> Behaviors.same();
      case Leave again -> Behaviors.same();
    });
  }
}
