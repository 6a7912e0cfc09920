package troupe.management;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.actors.Server;

/**
 * The node of this actor system and what its server says of itself, for routes and health checks, which Pekko makes by
 * their class's name.
 */
final class NodeState implements Extension {
  /**
   * A time without service that has ended.
   *
   * @param unavailable how long clients could not be served; at the first one, since the node began
   */
  record Election(Instant endedAt, Duration unavailable, long epoch, int leader) {}

  /** @param since when the server began to be so */
  record Condition(Server.Service service, Instant since) {
    Optional<Server.Serving> serving() {
      return service instanceof Server.Serving serving ? Optional.of(serving) : Optional.empty();
    }
  }

  private static final Id ID = new Id();
  private static final int ELECTIONS = 50;

  private final Instant startedAt = Instant.now();
  private final Deque<Election> elections = new ArrayDeque<>();
  private final SlowLog slowLog = new SlowLog();
  private volatile Optional<ManagedNode> node = Optional.empty();
  private volatile Optional<ManagementSettings> settings = Optional.empty();
  private volatile Condition condition = new Condition(new Server.NotServing("it starts", false), startedAt);
  private Instant unavailableSince = startedAt;

  static NodeState of(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  Condition condition() {
    return condition;
  }

  ManagedNode node() {
    return node.orElseThrow(() -> new IllegalStateException("this actor system has no node to manage"));
  }

  ManagementSettings settings() {
    return settings.orElseThrow(() -> new IllegalStateException("this actor system has no node to manage"));
  }

  Instant startedAt() {
    return startedAt;
  }

  SlowLog slowLog() {
    return slowLog;
  }

  /** The newest first. */
  List<Election> elections() {
    synchronized (elections) {
      return new ArrayList<>(elections);
    }
  }

  void follow(ActorSystem<?> system, ManagedNode managed, ManagementSettings itsSettings) {
    node = Optional.of(managed);
    settings = Optional.of(itsSettings);
    ActorRef<Server.Service> follower = system.systemActorOf(
        Behaviors.receiveMessage(service -> {
          onService(service, Instant.now());
          return Behaviors.same();
        }), "readiness", Props.empty());
    managed.server().tell(new Server.Subscribe(follower));
    managed.port().onSlow(itsSettings.slowThreshold(), slowLog::add);
  }

  /** By one actor. */
  private void onService(Server.Service service, Instant now) {
    switch (service) {
      case Server.Serving serving -> {
        synchronized (elections) {
          elections.addFirst(new Election(now, Duration.between(unavailableSince, now),
              serving.office().epoch(), serving.office().leader().value()));
          if (elections.size() > ELECTIONS) {
            elections.removeLast();
          }
        }
      }
      case Server.NotServing not when condition.serving().isPresent() -> unavailableSince = now;
      case Server.NotServing not -> {} // only its reason has changed
    }
    condition = new Condition(service, now);
  }

  private static final class Id extends AbstractExtensionId<NodeState> {
    @Override
    public NodeState createExtension(ExtendedActorSystem system) {
      return new NodeState();
    }
  }
}
