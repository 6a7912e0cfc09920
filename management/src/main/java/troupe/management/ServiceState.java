package troupe.management;

import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.actors.Server;

/** Whether the server of this actor system serves, for health checks, which Pekko makes by their class's name. */
final class ServiceState implements Extension {
  private static final Id ID = new Id();

  private volatile Server.Service last = new Server.NotServing("it starts");

  static ServiceState of(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  Server.Service get() {
    return last;
  }

  void follow(ActorSystem<?> system, ActorRef<Server.Command> server) {
    ActorRef<Server.Service> follower = system.systemActorOf(
        Behaviors.receiveMessage(service -> {
          last = service;
          return Behaviors.same();
        }), "readiness", Props.empty());
    server.tell(new Server.Subscribe(follower));
  }

  private static final class Id extends AbstractExtensionId<ServiceState> {
    @Override
    public ServiceState createExtension(ExtendedActorSystem system) {
      return new ServiceState();
    }
  }
}
