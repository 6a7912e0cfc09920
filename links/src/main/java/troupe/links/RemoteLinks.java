package troupe.links;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.broadcast.FromLeader;
import troupe.broadcast.FromLearner;
import troupe.broadcast.Weight;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Links;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;

/**
 * Links over {@link Lanes}, and over Pekko Remoting to a server that has none: an older one, or one whose second port
 * cannot be reached. There servers find each other by the addresses of the ensemble and a path, never by asking the
 * cluster, and watch nobody: a peer that comes back at its address is spoken to as before. What is too large for one
 * frame, as the end of a session with very many ephemeral nodes, travels in parts, on either way.
 */
public final class RemoteLinks implements Links {
  /** The name, below {@code /user}, of the actor that hears what peers send. */
  public static final String NAME = "peers";

  private static final Logger LOG = LoggerFactory.getLogger(RemoteLinks.class);
  private static final int BYTES_OF_ENTRY = 16; // of a list or a map of small things, about

  private final Map<ServerId, ActorRef<PeerMessage>> peers = new HashMap<>();
  private final ServerId self;
  private final Lanes lanes;
  private final int partSize;
  /** Of those in parts. Begins with the time, so that no number comes again after a start. */
  private final AtomicLong nextMessage = new AtomicLong(System.currentTimeMillis() << Integer.SIZE / 2);

  /**
   * @param system all servers' have the same name
   * @param lanes on which messages go where there are any
   */
  public RemoteLinks(ActorSystem<?> system, Ensemble ensemble, Lanes lanes) {
    this.lanes = lanes;
    self = ensemble.self();
    partSize = (int) (system.settings().config().getBytes("pekko.remote.artery.advanced.maximum-frame-size") / 2);
    ActorRefResolver resolver = ActorRefResolver.get(system);
    for (ServerId id : ensemble.peers()) {
      Ensemble.Member peer = ensemble.member(id);
      String host = peer.host().contains(":") ? "[" + peer.host() + "]" : peer.host();
      peers.put(id, resolver.resolveActorRef(
          "pekko://" + system.name() + "@" + host + ":" + peer.port() + "/user/" + NAME));
    }
  }

  @Override
  public void send(ServerId to, PeerMessage message) {
    ActorRef<PeerMessage> peer = peers.get(to);
    if (peer == null) {
      LOG.warn("nothing can be sent to server {}: it is not in the ensemble", to);
      return;
    }
    Optional<Lane> lane = lanes.to(to);
    if (lane.isPresent()) {
      send(lane.get()::send, message);
    } else {
      send(peer::tell, message);
    }
  }

  private void send(Consumer<PeerMessage> way, PeerMessage message) {
    if (size(message) <= partSize) {
      way.accept(message);
    } else {
      ByteString whole = UnsafeByteOperations.unsafeWrap(PeerCodec.encode(message));
      Part.split(self, nextMessage.getAndIncrement(), whole, partSize).forEach(way);
    }
  }

  /** About how many bytes it takes, where that may be many; all others are small, or made to fit a frame. */
  private static long size(PeerMessage message) {
    return switch (message) {
      case FromLeader leader when leader.message() instanceof FromLeader.Propose propose ->
          propose.batch().encoded().size();
      case FromLeader leader when leader.message() instanceof FromLeader.Tell tell ->
          (long) tell.notices().size() * BYTES_OF_ENTRY;
      case FromLeader leader when leader.message() instanceof FromLeader.SnapshotPart part -> part.bytes().size();
      case FromLearner learner when learner.message() instanceof FromLearner.Forward forward ->
          forward.requests().stream().mapToLong(Weight::of).sum();
      case FromLearner learner when learner.message() instanceof FromLearner.Touch touch ->
          (long) touch.timeouts().size() * BYTES_OF_ENTRY;
      default -> 0;
    };
  }

  /**
   * The actor that hears what peers send; to be spawned as {@link #NAME}. Servers that are not of this ensemble, as far
   * as this server knows, are not listened to: nobody could answer them.
   *
   * @param peers those that are
   * @param deliver called by that actor; must not block
   */
  public static Behavior<PeerMessage> receiver(Set<ServerId> peers, Consumer<PeerMessage> deliver) {
    return Behaviors.setup(context -> {
      Map<ServerId, Assembly> assemblies = new HashMap<>();
      Set<ServerId> strangers = new HashSet<>();
      return Behaviors.receiveMessage(message -> {
        if (peers.contains(message.from())) {
          whole(message, assemblies).ifPresent(deliver);
        } else if (strangers.add(message.from())) {
          LOG.warn("server {} is not in troupe.ensemble.servers of this server, and is not listened to: is it to be "
              + "added here, or is its own list wrong?", message.from());
        }
        return Behaviors.same();
      });
    });
  }

  private static Optional<PeerMessage> whole(PeerMessage message, Map<ServerId, Assembly> assemblies) {
    if (!(message instanceof Part part)) {
      return Optional.of(message);
    }
    return assemblies.computeIfAbsent(part.from(), from -> new Assembly()).add(part).flatMap(RemoteLinks::decode);
  }

  private static Optional<PeerMessage> decode(ByteString whole) {
    try {
      return Optional.of(PeerCodec.decode(whole.toByteArray()));
    } catch (InvalidProtocolBufferException e) {
      LOG.error("a message that came in parts makes no sense: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
