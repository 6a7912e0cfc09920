package troupe.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import troupe.ensemble.ServerId;
import troupe.persistence.Room;

/**
 * What goes wrong: with servers, between them, and with their clients. Calm and stormy weather change places, until
 * {@link #end}.
 */
final class Misfortunes {
  private static final Duration USUAL_SYNC = Duration.ofMillis(2);

  private final Kernel kernel;
  private final SplittableRandom random;
  private final Story story;
  private final Counts counts;
  private final Network network;
  private final List<Machine> machines;
  private final List<Client> clients;
  private boolean stormy = true;
  private boolean over;

  Misfortunes(
      Kernel kernel,
      SplittableRandom random,
      Story story,
      Counts counts,
      Network network,
      List<Machine> machines,
      List<Client> clients) {
    this.kernel = kernel;
    this.random = random;
    this.story = story;
    this.counts = counts;
    this.network = network;
    this.machines = machines;
    this.clients = clients;
  }

  void begin() {
    changeWeather();
    machines.forEach(machine -> again(Duration.ofSeconds(8), () -> strike(machine)));
    clients.forEach(client -> again(Duration.ofSeconds(20), () -> strike(client)));
    if (machines.size() > 1) {
      again(Duration.ofSeconds(6), this::strikeBetweenServers);
    }
  }

  private void changeWeather() {
    again(Duration.ofSeconds(20), () -> stormy = random.nextInt(3) != 0);
  }

  /** Now and then, in stormy weather; what changes the weather happens in any. */
  private void again(Duration most, Runnable misfortune) {
    kernel.after(upTo(most), () -> {
      if (!over) {
        misfortune.run();
        again(most, misfortune);
      }
    });
  }

  /** From here on all is well. */
  void end() {
    over = true;
    network.heal();
    for (Machine machine : machines) {
      machine.disk().repair();
      machine.disk().setRoom(Room.ENOUGH);
      machine.disk().setSlowest(USUAL_SYNC);
      machine.life().ifPresentOrElse(life -> life.lane().release(), machine::start);
    }
  }

  private void strike(Machine machine) {
    if (!stormy || machine.life().isEmpty()) {
      return;
    }
    Life life = machine.life().get();
    switch (random.nextInt(10)) {
      case 0, 1 -> {
        tell("power cuts", life + " loses its power");
        machine.crash(true);
        startLater(machine);
      }
      case 2 -> {
        tell("kills", life + " is killed");
        machine.crash(false);
        startLater(machine);
      }
      case 3 -> {
        Duration pause = upTo(Duration.ofSeconds(random.nextInt(4) == 0 ? 20 : 2));
        tell("pauses", life + " stands still for " + pause.toMillis() + " ms");
        life.lane().hold();
        kernel.after(pause, life.lane()::release);
      }
      case 4, 5 -> {
        Duration slowest = upTo(Duration.ofSeconds(2)).plus(USUAL_SYNC);
        tell("slow disks", "a sync of server " + machine.server() + " takes up to " + slowest.toMillis() + " ms");
        machine.disk().setSlowest(slowest);
        kernel.after(upTo(Duration.ofSeconds(10)), () -> machine.disk().setSlowest(USUAL_SYNC));
      }
      case 6 -> {
        tell("failing syncs", "the next sync of server " + machine.server() + " fails");
        machine.disk().failOnce();
      }
      case 7 -> {
        tell("full disks", "the disk of server " + machine.server() + " fills up");
        Duration filling = upTo(Duration.ofSeconds(10));
        machine.disk().setRoom(Room.RESERVE);
        kernel.after(filling, () -> machine.disk().setRoom(!over && random.nextBoolean() ? Room.NONE : Room.ENOUGH));
        kernel.after(filling.plus(upTo(Duration.ofSeconds(10))), () -> machine.disk().setRoom(Room.ENOUGH));
      }
      case 8 -> {
        Duration jump = upTo(Duration.ofHours(2)).minusHours(1);
        tell("clock jumps", "the clock of server " + machine.server() + " jumps by " + jump.toSeconds() + " s");
        machine.jump(jump);
      }
      default -> {
        // Where two disks are bad at the same time somebody has to see to them.
        if (machines.stream().noneMatch(each -> each.files().isDamaged()) && machine.files().damage()) {
          tell("flipped bits", "a bit flips in a snapshot of server " + machine.server());
        }
      }
    }
  }

  /** Somebody, or something, starts a server again that has ended. */
  void startLater(Machine machine) {
    kernel.after(upTo(Duration.ofSeconds(random.nextInt(4) == 0 ? 10 : 1)), () -> {
      if (machine.life().isEmpty()) {
        machine.start();
      }
    });
  }

  private void strike(Client client) {
    if (client.isConnected()) {
      counts.add("broken connections");
      client.breakUp(upTo(Duration.ofSeconds(random.nextInt(3) == 0 ? 15 : 1)));
    }
  }

  private void strikeBetweenServers() {
    ServerId one = someServer();
    ServerId other = someServer();
    if (!stormy || one.equals(other)) {
      return;
    }
    switch (random.nextInt(9)) {
      case 0, 1 -> {
        Set<ServerId> half = someServers();
        boolean bothWays = random.nextInt(3) != 0;
        tell("partitions", "nothing gets " + (bothWays ? "between " : "from ") + half
            + (bothWays ? " and the others" : " to the others"));
        network.cut(half, bothWays);
        kernel.after(upTo(Duration.ofSeconds(12)), network::heal);
      }
      case 2 -> {
        Set<ServerId> half = someServers();
        tell("bridges", "only server " + one + " gets both to " + half + " and to the others");
        network.bridge(one, half);
        kernel.after(upTo(Duration.ofSeconds(12)), network::heal);
      }
      case 3, 4 -> {
        tell("lost messages", "what is on its way from server " + one + " to server " + other + " is lost");
        network.reset(one, other);
      }
      case 5 -> {
        tell("unreliable links", "messages from server " + one + " to server " + other + " get lost or come twice");
        network.makeUnreliable(one, other);
        kernel.after(upTo(Duration.ofSeconds(8)), network::heal);
      }
      case 6 -> {
        Duration most = upTo(Duration.ofMillis(random.nextInt(4) == 0 ? 3000 : 100));
        tell("slow networks", "messages between servers take up to " + most.toMillis() + " ms");
        network.slowDown(most);
        kernel.after(upTo(Duration.ofSeconds(8)), network::heal);
      }
      default -> {
        tell("false alarms", "server " + one + " thinks that server " + other + " has died");
        network.alarm(one, other);
      }
    }
  }

  private ServerId someServer() {
    return machines.get(random.nextInt(machines.size())).server();
  }

  private Set<ServerId> someServers() {
    return machines.stream().map(Machine::server).filter(server -> random.nextBoolean())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Duration upTo(Duration most) {
    return Duration.ofNanos(random.nextLong(most.toNanos()) + 1);
  }

  private void tell(String kind, String what) {
    counts.add(kind);
    story.tell(what);
  }
}
