package troupe.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import troupe.ensemble.ServerId;
import troupe.persistence.Room;

/**
 * What goes wrong: with servers, between them, and with their clients. Calm and stormy weather change places, until
 * {@link #end}.
 *
 * <p>Misfortunes are numbered in the order in which they strike. Each draws from a chance of its own, so that the others
 * come when and as they would if one of them is spared.
 */
final class Misfortunes {
  /** What one misfortune draws from. */
  private record Chance(SplittableRandom random) {
    int oneOf(int bound) {
      return random.nextInt(bound);
    }

    boolean evenOdds() {
      return random.nextBoolean();
    }

    Duration upTo(Duration most) {
      return Duration.ofNanos(random.nextLong(most.toNanos()) + 1);
    }
  }

  private static final Duration USUAL_SYNC = Duration.ofMillis(2);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(4);
  private static final Duration LONGEST_END = Duration.ofMillis(500);

  private final Kernel kernel;
  private final Chance chance;
  private final Chance restarts;
  private final Set<Integer> spared;
  private final Story story;
  private final Counts counts;
  private final Network network;
  private final List<Machine> machines;
  private final List<Client> clients;
  private int struck;
  private boolean stormy = true;
  private boolean over;

  /** @param spared the numbers of those that do not happen */
  Misfortunes(
      Kernel kernel,
      SplittableRandom random,
      Set<Integer> spared,
      Story story,
      Counts counts,
      Network network,
      List<Machine> machines,
      List<Client> clients) {
    this.kernel = kernel;
    this.chance = new Chance(random.split());
    this.restarts = new Chance(random.split());
    this.spared = spared;
    this.story = story;
    this.counts = counts;
    this.network = network;
    this.machines = machines;
    this.clients = clients;
  }

  void begin() {
    again(Duration.ofSeconds(20), own -> stormy = own.oneOf(3) != 0);
    machines.forEach(machine -> again(Duration.ofSeconds(8), own -> whenStormy(() -> strike(machine, own))));
    clients.forEach(client -> again(Duration.ofSeconds(20), own -> unlessSpared(() -> strike(client, own))));
    if (machines.size() > 1) {
      again(Duration.ofSeconds(6), own -> whenStormy(() -> strikeBetweenServers(own)));
    }
  }

  /** Now and then. */
  private void again(Duration most, Consumer<Chance> event) {
    kernel.after(chance.upTo(most), () -> {
      if (!over) {
        event.accept(new Chance(chance.random().split()));
        again(most, event);
      }
    });
  }

  private void whenStormy(Runnable misfortune) {
    if (stormy) {
      unlessSpared(misfortune);
    }
  }

  private void unlessSpared(Runnable misfortune) {
    if (!spared.contains(struck++)) {
      misfortune.run();
    }
  }

  /** How many there were, with those that were spared. */
  int struck() {
    return struck;
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

  private void strike(Machine machine, Chance own) {
    if (machine.life().isEmpty()) {
      return;
    }
    Life life = machine.life().get();
    switch (own.oneOf(12)) {
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
        Duration pause = own.upTo(Duration.ofSeconds(own.oneOf(4) == 0 ? 20 : 2));
        tell("pauses", life + " stands still for " + pause.toMillis() + " ms");
        life.lane().hold();
        kernel.after(pause, life.lane()::release);
      }
      case 4, 5 -> {
        Duration slowest = own.upTo(Duration.ofSeconds(own.oneOf(6) == 0 ? 30 : 2)).plus(USUAL_SYNC);
        tell("slow disks", "a sync of server " + machine.server() + " takes up to " + slowest.toMillis() + " ms");
        machine.disk().setSlowest(slowest);
        kernel.after(own.upTo(Duration.ofSeconds(10)), () -> machine.disk().setSlowest(USUAL_SYNC));
      }
      case 6 -> {
        tell("failing syncs", "the next sync of server " + machine.server() + " fails");
        machine.disk().failOnce();
      }
      case 7 -> {
        tell("full disks", "the disk of server " + machine.server() + " fills up");
        Duration filling = own.upTo(Duration.ofSeconds(10));
        boolean toTheBrim = own.evenOdds();
        machine.disk().setRoom(Room.RESERVE);
        kernel.after(filling, () -> machine.disk().setRoom(toTheBrim && !over ? Room.NONE : Room.ENOUGH));
        kernel.after(filling.plus(own.upTo(Duration.ofSeconds(10))), () -> machine.disk().setRoom(Room.ENOUGH));
      }
      case 8 -> {
        Duration jump = own.upTo(Duration.ofHours(2)).minusHours(1);
        tell("clock jumps", "the clock of server " + machine.server() + " jumps by " + jump.toSeconds() + " s");
        machine.jump(jump);
      }
      case 9 -> {
        tell("orderly stops", life + " is asked to stop");
        stop(machine, life, own.upTo(LONGEST_END));
      }
      case 10 -> {
        if (machine.files().damage()) {
          tell("flipped bits in snapshots", "a bit flips in a snapshot of server " + machine.server());
        }
      }
      default -> {
        if (machine.journal().damage(SimulatedJournal.LOG, own.random())) {
          tell("flipped bits in logs", "a bit flips in the log of server " + machine.server());
        }
      }
    }
  }

  /** Its process ends some time after it is ready to, or when nobody waits for that any longer. */
  private void stop(Machine machine, Life life, Duration end) {
    Runnable gone = () -> {
      if (machine.life().filter(life::equals).isPresent()) {
        machine.crash(false);
        startLater(machine);
      }
    };
    life.stop(() -> {
      counts.add("orderly stops that came to an end");
      kernel.after(end, gone);
    });
    kernel.after(LONGEST_STOP, gone);
  }

  /** Somebody, or something, starts a server again that has ended. */
  void startLater(Machine machine) {
    kernel.after(restarts.upTo(Duration.ofSeconds(restarts.oneOf(4) == 0 ? 10 : 1)), () -> {
      if (machine.life().isEmpty()) {
        machine.start();
      }
    });
  }

  private void strike(Client client, Chance own) {
    if (client.isConnected()) {
      counts.add("broken connections");
      client.breakUp(own.upTo(Duration.ofSeconds(own.oneOf(3) == 0 ? 15 : 1)));
    }
  }

  private void strikeBetweenServers(Chance own) {
    ServerId one = someServer(own);
    ServerId other = someServer(own);
    if (one.equals(other)) {
      return;
    }
    switch (own.oneOf(9)) {
      case 0, 1 -> {
        Set<ServerId> half = someServers(own);
        boolean bothWays = own.oneOf(3) != 0;
        tell("partitions", "nothing gets " + (bothWays ? "between " : "from ") + half
            + (bothWays ? " and the others" : " to the others"));
        network.cut(half, bothWays);
        kernel.after(own.upTo(Duration.ofSeconds(12)), network::heal);
      }
      case 2 -> {
        Set<ServerId> half = someServers(own);
        tell("bridges", "only server " + one + " gets both to " + half + " and to the others");
        network.bridge(one, half);
        kernel.after(own.upTo(Duration.ofSeconds(12)), network::heal);
      }
      case 3, 4 -> {
        tell("lost messages", "what is on its way from server " + one + " to server " + other + " is lost");
        network.reset(one, other);
      }
      case 5 -> {
        tell("unreliable links", "messages from server " + one + " to server " + other + " get lost or come twice");
        network.makeUnreliable(one, other);
        kernel.after(own.upTo(Duration.ofSeconds(8)), network::heal);
      }
      case 6 -> {
        Duration most = own.upTo(Duration.ofMillis(own.oneOf(4) == 0 ? 3000 : 100));
        tell("slow networks", "messages between servers take up to " + most.toMillis() + " ms");
        network.slowDown(most);
        kernel.after(own.upTo(Duration.ofSeconds(8)), network::heal);
      }
      default -> {
        tell("false alarms", "server " + one + " thinks that server " + other + " has died");
        network.alarm(one, other);
      }
    }
  }

  private ServerId someServer(Chance own) {
    return machines.get(own.oneOf(machines.size())).server();
  }

  private Set<ServerId> someServers(Chance own) {
    return machines.stream().map(Machine::server).filter(server -> own.evenOdds())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void tell(String kind, String what) {
    counts.add(kind);
    story.tell(what);
  }
}
