package troupe.reception;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import troupe.actors.Server;
import troupe.protocol.ClientProtocol;
import troupe.protocol.wire.Refusal;

/**
 * Where actor-based clients come to: one on each node, found by Pekko's receptionist. Each client that may stay gets a
 * {@link Connection} of its own.
 */
public final class Reception {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** A client is at the door. */
  record Knocked(ClientProtocol.Connect connect) implements Command {}

  /** The server tells whether it serves. */
  record ServiceChanged(Server.Service service) implements Command {}

  /** A connection is over. */
  record Left(ActorRef<Connection.Command> connection) implements Command {}

  /** What never changes, and the writes of all clients that have no answer yet. */
  record House(ReceptionSettings settings, AtomicInteger outstandingWrites) {}

  private final ActorContext<Command> context;
  private final House house;
  private final Supplier<Props> loops;
  private Server.Service service = new Server.NotServing("it starts", false);
  private final Set<ActorRef<Connection.Command>> connections = new HashSet<>();
  private long letIn;

  private Reception(ActorContext<Command> context, House house, Supplier<Props> loops) {
    this.context = context;
    this.house = house;
    this.loops = loops;
  }

  /**
   * @param loops where connections run with their sessions: each time a dispatcher of one thread, since the two share what
   *     they know without locks
   */
  public static ActorRef<Command> open(
      ActorSystem<?> system, ActorRef<Server.Command> server, ReceptionSettings settings, Supplier<Props> loops) {
    return system.systemActorOf(create(server, settings, loops), ClientProtocol.HOUSE, Props.empty());
  }

  static Behavior<Command> create(
      ActorRef<Server.Command> server, ReceptionSettings settings, Supplier<Props> loops) {
    return Behaviors.setup(context -> {
      server.tell(new Server.Subscribe(context.messageAdapter(Server.Service.class, ServiceChanged::new)));
      context.getSystem().receptionist().tell(Receptionist.register(
          ClientProtocol.RECEPTION, context.spawn(door(context.getSelf()), ClientProtocol.DOOR)));
      House house = new House(settings, new AtomicInteger());
      return Behaviors.receiveMessage(new Reception(context, house, loops)::onMessage);
    });
  }

  /** It has a name, so that clients find it who know the address only. */
  private static Behavior<ClientProtocol.Connect> door(ActorRef<Command> reception) {
    return Behaviors.receiveMessage(connect -> {
      reception.tell(new Knocked(connect));
      return Behaviors.same();
    });
  }

  private Behavior<Command> onMessage(Command message) {
    switch (message) {
      case ServiceChanged changed -> {
        service = changed.service();
        if (service instanceof Server.NotServing not) {
          connections.forEach(connection -> connection.tell(new Connection.End("it does not serve: " + not.why())));
        }
      }
      case Left left -> connections.remove(left.connection());
      case Knocked knocked -> letIn(knocked.connect());
    }
    return Behaviors.same();
  }

  private void letIn(ClientProtocol.Connect connect) {
    Optional<String> refusal = switch (service) {
      case Server.NotServing not -> Optional.of("it does not serve: " + not.why());
      case Server.Serving serving when isBehind(serving, connect) -> Optional.of("it is behind what the client has seen");
      case Server.Serving serving -> Optional.empty();
    };
    if (refusal.isPresent()) {
      connect.client().tell(new ClientProtocol.TurnedAway(connect.connection(), Refusal.OTHER, refusal.get()));
    } else {
      Props loop = loops.get();
      ActorRef<Connection.Command> connection = context.spawn(
          Connection.create(house, (Server.Serving) service, connect, loop), "connection-" + ++letIn, loop);
      context.watchWith(connection, new Left(connection));
      connections.add(connection);
    }
  }

  private static boolean isBehind(Server.Serving serving, ClientProtocol.Connect connect) {
    return connect.handshake().getLastZxid() > serving.published().get().lastZxidNumber();
  }

  /** One after the other. */
  public static Supplier<Props> inTurn(List<? extends Props> loops) {
    AtomicInteger next = new AtomicInteger();
    return () -> loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
  }
}
