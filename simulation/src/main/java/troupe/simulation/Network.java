package troupe.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import troupe.actors.Server;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;
import troupe.links.PeerCodec;

/**
 * What lies between the servers. Messages keep their order between two of them, and that is all that is promised: they
 * take their time, are lost, alone or with all that is under way, or come again. And the signs that a process has died
 * come late, not at all, or without cause.
 */
final class Network {
  /** One direction between two servers. */
  private record Way(ServerId from, ServerId to) {}

  private static final Duration USUAL = Duration.ofMillis(3);

  private final Kernel kernel;
  private final SplittableRandom random;
  private final boolean encodes;
  private final Map<ServerId, Machine> machines = new HashMap<>();
  private final Map<Way, Pipe> pipes = new HashMap<>();
  private final Set<Way> blocked = new HashSet<>();
  private final Set<Way> unreliable = new HashSet<>();
  private Duration slowest = USUAL;

  /** @param encodes whether messages travel in their bytes, as on a real network, which takes its time */
  Network(Kernel kernel, SplittableRandom random, boolean encodes) {
    this.kernel = kernel;
    this.random = random;
    this.encodes = encodes;
  }

  void add(Machine machine) {
    machines.put(machine.server(), machine);
  }

  private List<ServerId> servers() {
    return machines.keySet().stream().sorted().toList();
  }

  void send(ServerId from, ServerId to, PeerMessage message) {
    Way way = new Way(from, to);
    if (blocked.contains(way) || unreliable.contains(way) && random.nextInt(8) == 0) {
      return;
    }
    PeerMessage sent = encodes ? there(message) : message;
    pipe(way).send(() -> arrive(to, sent));
    if (unreliable.contains(way) && random.nextInt(16) == 0) {
      pipe(way).send(() -> arrive(to, sent));
    }
  }

  /** What its bytes say to the other side. */
  private static PeerMessage there(PeerMessage message) {
    try {
      return PeerCodec.decode(PeerCodec.encode(message));
    } catch (InvalidProtocolBufferException e) {
      throw new Violation(message + " is not understood: " + e.getMessage());
    }
  }

  private Pipe pipe(Way way) {
    return pipes.computeIfAbsent(way, w -> new Pipe(kernel, random.split(), slowest));
  }

  private void arrive(ServerId to, PeerMessage message) {
    machines.get(to).life().ifPresent(life -> life.tell(new Server.FromPeer(message)));
  }

  // What goes wrong.

  /** Nothing gets from these to the others, nor back if both ways are meant. */
  void cut(Set<ServerId> some, boolean bothWays) {
    for (ServerId from : servers()) {
      for (ServerId to : servers()) {
        if (some.contains(from) && !some.contains(to) || bothWays && some.contains(to) && !some.contains(from)) {
          block(new Way(from, to));
        }
      }
    }
  }

  /** Everybody reaches the bridge, and else only those of the same half. */
  void bridge(ServerId bridge, Set<ServerId> half) {
    for (ServerId from : servers()) {
      for (ServerId to : servers()) {
        if (!from.equals(bridge) && !to.equals(bridge) && half.contains(from) != half.contains(to)) {
          block(new Way(from, to));
        }
      }
    }
  }

  private void block(Way way) {
    blocked.add(way);
    reset(way);
    if (random.nextBoolean()) {
      notice(way.to(), way.from(), upTo(Duration.ofSeconds(5)));
    }
  }

  /** What is under way is lost; what is sent next arrives. */
  void reset(ServerId from, ServerId to) {
    reset(new Way(from, to));
  }

  private void reset(Way way) {
    Optional.ofNullable(pipes.remove(way)).ifPresent(Pipe::cut);
  }

  void makeUnreliable(ServerId from, ServerId to) {
    unreliable.add(new Way(from, to));
  }

  /** From now on messages may take so long. */
  void slowDown(Duration most) {
    slowest = most;
    pipes.values().forEach(pipe -> pipe.slowDown(most));
  }

  /** All is well between the servers. */
  void heal() {
    blocked.clear();
    unreliable.clear();
    slowDown(USUAL);
    for (ServerId at : servers()) {
      for (ServerId about : servers()) {
        if (machines.get(about).life().isPresent()) {
          notice(at, about, upTo(Duration.ofMillis(100)));
        }
      }
    }
  }

  /** That process is gone: most of the others notice it soon. */
  void died(ServerId server) {
    for (ServerId other : servers()) {
      reset(new Way(server, other));
      reset(new Way(other, server));
      if (random.nextInt(4) != 0) {
        notice(other, server, upTo(Duration.ofMillis(20)));
      }
    }
  }

  /** That process is there. */
  void born(ServerId server) {
    for (ServerId other : servers()) {
      notice(other, server, upTo(Duration.ofMillis(500)));
      notice(server, other, upTo(Duration.ofMillis(500)));
    }
  }

  /** A life line breaks for no reason, and comes back. */
  void alarm(ServerId at, ServerId about) {
    machines.get(at).life().ifPresent(life -> life.tell(new Server.PeerLost(about)));
    notice(at, about, upTo(Duration.ofSeconds(1)));
  }

  /** One looks, later, whether the other is there. */
  private void notice(ServerId at, ServerId about, Duration after) {
    if (at.equals(about)) {
      return;
    }
    kernel.after(after, () -> machines.get(at).life().ifPresent(life -> {
      boolean there = machines.get(about).life().isPresent() && !blocked.contains(new Way(about, at));
      life.tell(there ? new Server.PeerFound(about) : new Server.PeerLost(about));
    }));
  }

  private Duration upTo(Duration most) {
    return Duration.ofNanos(random.nextLong(most.toNanos()) + 1);
  }
}
