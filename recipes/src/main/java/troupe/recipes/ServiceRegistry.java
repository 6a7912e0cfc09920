package troupe.recipes;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.client.Session;
import troupe.client.TroupeClient;
import troupe.client.WatchScope;

/**
 * Which instances of which services there are: each is there for as long as its session lives. {@link Renewed} registers it
 * again in a new session.
 *
 * <p>Lay-out: that of Curator's service discovery, {@code <base>/<service>/<id>} with JSON, whose payload is a text here.
 */
public final class ServiceRegistry {
  /** All that an actor understands that looks for instances. */
  public sealed interface Command {}

  /** Stop looking. */
  public record Stop() implements Command {}

  /** What who looks for instances is told. */
  public sealed interface Event permits Instances, Suspended, Resumed, Lost {}

  /** All of a service, by their ids: told first of all, and after each change. */
  public record Instances(List<ServiceInstance> all) implements Event {
    public Instances {
      all = List.copyOf(all);
    }
  }

  record CacheTold(TreeCache.Event event) implements Command {}

  private final ActorRef<Event> subscriber;
  private final SortedMap<String, ServiceInstance> instances = new TreeMap<>();

  private ServiceRegistry(ActorRef<Event> subscriber) {
    this.subscriber = subscriber;
  }

  /** An instance; see {@link Claim}. Where another session has registered its id it waits until that one has gone. */
  public static Behavior<Claim.Command> instance(
      ActorRef<Session.Command> session, String base, ServiceInstance instance, ActorRef<Claim.Event> owner) {
    Place place = new Place.Name(Znodes.child(Znodes.child(base, instance.name()), instance.id()));
    return Claim.create(session, Optional.empty(), place, ServiceJson.write(instance), Optional.empty(), owner);
  }

  /** Registers something else of the same instance. Only a refusal is answered. */
  public static Claim.Command update(ServiceInstance instance) {
    return new Claim.SetData(ServiceJson.write(instance));
  }

  /** The same, of one that was registered as a {@link Holding}. */
  public static void update(Holding registered, ServiceInstance instance) {
    registered.setData(ServiceJson.write(instance));
  }

  /** Completes when it is registered. To be cancelled as {@link Lock#acquire()} is. */
  public static CompletionStage<Holding> register(
      ActorSystem<?> system, TroupeClient client, String base, ServiceInstance instance) {
    return new Facade(system, client).hold(owner -> instance(client.session(), base, instance, owner));
  }

  /** Looks for the instances of a service. */
  public static Behavior<Command> view(
      ActorRef<Session.Command> session, String base, String service, ActorRef<Event> subscriber) {
    return Behaviors.setup(context -> {
      context.watchWith(subscriber, new Stop());
      ActorRef<TreeCache.Event> events = context.messageAdapter(TreeCache.Event.class, CacheTold::new);
      context.spawn(
          TreeCache.create(session, Znodes.child(base, service), WatchScope.CHILDREN, events), "cache");
      return Behaviors.receiveMessage(new ServiceRegistry(subscriber)::onMessage);
    });
  }

  /** Looks for the instances of a service until it is told to {@link Stop}; the subscriber must not wait. */
  public static ActorRef<Command> follow(
      ActorSystem<?> system, TroupeClient client, String base, String service, Consumer<Event> subscriber) {
    return new Facade(system, client).spawn(events -> view(client.session(), base, service, events), subscriber);
  }

  private Behavior<Command> onMessage(Command message) {
    return switch (message) {
      case Stop stop -> Behaviors.stopped();
      case CacheTold told -> onCache(told.event());
    };
  }

  private Behavior<Command> onCache(TreeCache.Event event) {
    switch (event) {
      case TreeCache.Filled filled -> filled.nodes().forEach(this::put);
      case TreeCache.Added added -> put(added.path(), added.node());
      case TreeCache.Updated updated -> put(updated.path(), updated.node());
      case TreeCache.Removed removed -> instances.remove(removed.path());
      case Suspended suspended -> {
        subscriber.tell(suspended);
        return Behaviors.same();
      }
      case Resumed resumed -> {
        subscriber.tell(resumed);
        return Behaviors.same();
      }
      case Lost lost -> {
        subscriber.tell(lost);
        return Behaviors.stopped();
      }
    }
    subscriber.tell(new Instances(List.copyOf(instances.values())));
    return Behaviors.same();
  }

  private void put(String path, TreeCache.Node node) {
    ServiceJson.read(node.data()).ifPresentOrElse(
        instance -> instances.put(path, instance), () -> instances.remove(path));
  }
}
