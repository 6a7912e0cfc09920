package troupe.protocol;

import com.google.protobuf.ByteString;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import troupe.protocol.wire.Handshake;
import troupe.protocol.wire.Refusal;
import troupe.protocol.wire.Welcome;

/**
 * What actor-based clients and servers tell each other.
 *
 * <p>A client finds the receptions of servers under {@link #RECEPTION} and asks one of them to {@link Connect}. Once it is
 * {@link Welcomed}, both sides speak in {@link Frame}s, to the client's actor and to that of the connection. Links may
 * lose what is sent: each side numbers its frames, and whoever sees a gap ends the connection.
 */
public final class ClientProtocol {
  /** The name of every actor system in the servers' cluster. */
  public static final String SYSTEM = "troupe";

  /** By this role the servers tell members of the cluster that are none of them. */
  public static final String CLIENT_ROLE = "client";

  /** Where servers are found. */
  public static final ServiceKey<Connect> RECEPTION = ServiceKey.create(Connect.class, "troupe-reception");

  /** The name of an actor that has one child, by the name of {@link #DOOR}. */
  public static final String HOUSE = "reception";

  /** The name of the actor that clients connect to. */
  public static final String DOOR = "door";

  /** All that goes from one node to another. */
  public sealed interface Message {}

  /** @param connection drawn by the client; tells the messages of one connection from those of another */
  public record Connect(long connection, ActorRef<FromServer> client, Handshake handshake) implements Message {}

  /** What a client hears. */
  public sealed interface FromServer extends Message {
    long connection();
  }

  /** @param server takes the client's frames */
  public record Welcomed(long connection, ActorRef<Frame> server, Welcome welcome) implements FromServer {}

  /** @param explanation for people */
  public record TurnedAway(long connection, Refusal refusal, String explanation) implements FromServer {}

  /**
   * A part of an envelope, in either direction.
   *
   * @param number 1, 2, ...
   * @param last whether the envelope is complete with it
   */
  public record Frame(long connection, long number, boolean last, ByteString content) implements FromServer {}

  /** The actor to connect to of a server whose address is known, whether or not it is in the same cluster. */
  public static ActorRef<Connect> reception(ActorSystem<?> system, Address server) {
    return ActorRefResolver.get(system).resolveActorRef(server + "/system/" + HOUSE + "/" + DOOR);
  }

  private ClientProtocol() {}
}
