package troupe.examples;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.client.Session;
import troupe.recipes.Lost;
import troupe.recipes.Resumed;
import troupe.recipes.ServiceInstance;
import troupe.recipes.ServiceRegistry;
import troupe.recipes.Suspended;

/**
 * Keeps a live view of a service's instances and says whom to call next, each as often as its weight. While the session has
 * no server it goes on with what it knew last. Who has died is in the registry until his session expires, so who could not
 * be called is left out until then.
 */
final class Balancer {
  sealed interface Command {}

  /** Whom to call? With nobody there, answered when somebody is. */
  record Choose(ActorRef<ServiceInstance> replyTo) implements Command {}

  /** This one could not be called. */
  record Report(ServiceInstance silent) implements Command {}

  private record RegistryTold(ServiceRegistry.Event event) implements Command {}

  private final List<ActorRef<ServiceInstance>> waiting = new ArrayList<>();
  private final Map<String, Integer> turns = new HashMap<>(); // by id: who is owed most calls has most
  private final Set<String> silent = new HashSet<>();
  private List<ServiceInstance> instances = List.of();

  private Balancer() {}

  static Behavior<Command> create(ActorRef<Session.Command> session, String base, String service) {
    return Behaviors.setup(context -> {
      ActorRef<ServiceRegistry.Event> events = context.messageAdapter(ServiceRegistry.Event.class, RegistryTold::new);
      context.spawn(ServiceRegistry.view(session, base, service, events), "view");
      Balancer balancer = new Balancer();
      return Behaviors.receiveMessage(message -> balancer.onMessage(context, message));
    });
  }

  private Behavior<Command> onMessage(ActorContext<Command> context, Command message) {
    switch (message) {
      case Choose choose -> waiting.add(choose.replyTo());
      case Report report -> silent.add(report.silent().id());
      case RegistryTold(ServiceRegistry.Instances now) -> {
        instances = now.all();
        Set<String> ids = instances.stream().map(ServiceInstance::id).collect(Collectors.toSet());
        turns.keySet().retainAll(ids);
        silent.retainAll(ids);
        Examples.say("balancer", "knows of " + instances.size() + " services");
      }
      case RegistryTold(Suspended suspended) -> context.getLog().info("goes on with what it knows");
      case RegistryTold(Resumed resumed) -> context.getLog().info("hears of changes again");
      case RegistryTold(Lost lost) -> {
        Examples.say("balancer", "ends: " + lost.failure().message());
        return Behaviors.stopped();
      }
    }
    while (!waiting.isEmpty()) {
      Optional<ServiceInstance> next = next();
      if (next.isEmpty()) {
        break;
      }
      waiting.removeFirst().tell(next.get());
    }
    return Behaviors.same();
  }

  /** Smooth weighted round robin: each turn all get their weight, and who has most is called and pays for all. */
  private Optional<ServiceInstance> next() {
    List<ServiceInstance> able =
        instances.stream().filter(each -> each.enabled() && !silent.contains(each.id())).toList();
    able.forEach(each -> turns.merge(each.id(), weight(each), Integer::sum));
    Optional<ServiceInstance> next = able.stream().max(Comparator.comparing(each -> turns.get(each.id())));
    next.ifPresent(chosen ->
        turns.merge(chosen.id(), -able.stream().mapToInt(Balancer::weight).sum(), Integer::sum));
    return next;
  }

  /** What the payload says, or 1: whoever registers may write there what he likes. */
  private static int weight(ServiceInstance instance) {
    try {
      return instance.payload().map(Integer::parseInt).orElse(1);
    } catch (NumberFormatException e) {
      return 1;
    }
  }
}
