package troupe.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.tree.Applied;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.Transaction;

/**
 * What servers promise, checked after every step: one leader for each epoch; one history, of which each server shows a
 * prefix with the same trees; nothing is committed that is not on the disks of a quorum, and nothing committed is ever
 * lost. What clients are promised they check themselves.
 */
final class Promises {
  private final Kernel kernel;
  private final Oracle oracle;
  private final List<Machine> machines;
  private final Counts counts;
  private final Quorum quorum;

  /**
   * What had been committed before each epoch when its leader began to serve. One that stood still may begin when a
   * later epoch has begun already, and finds that out soon.
   */
  private final Map<Long, Zxid> epochs = new HashMap<>();

  /** The history that each epoch began with, as far as that is known: its last transaction. */
  private final Map<Long, Zxid> histories = new HashMap<>();

  /** Those who say they have the history of an epoch that has not begun. */
  private final Map<Long, List<DurableLog.Established>> early = new HashMap<>();

  Promises(Kernel kernel, Oracle oracle, List<Machine> machines, Counts counts) {
    this.kernel = kernel;
    this.oracle = oracle;
    this.machines = machines;
    this.counts = counts;
    this.quorum = machines.getFirst().quorum();
  }

  /** After each step. */
  void look() {
    for (Machine machine : machines) {
      machine.durableLog().takeEstablished().forEach(this::established);
      machine.life().ifPresent(life -> life.news().ifPresent(tree -> shown(life, tree)));
    }
  }

  private void established(DurableLog.Established server) {
    Optional.ofNullable(histories.get(server.epoch())).ifPresentOrElse(
        history -> check(server, history),
        () -> early.computeIfAbsent(server.epoch(), epoch -> new ArrayList<>()).add(server));
  }

  /** History first, then the epoch: else it would be elected for what it does not have. */
  private static void check(DurableLog.Established server, Zxid history) {
    if (history.isAfter(server.last())) {
      throw new Violation("epoch " + server.epoch() + " began with the history up to " + history
          + ", and a server says it has that when its log ends at " + server.last());
    }
  }

  private void shown(Life life, DataTree tree) {
    long upTo = tree.lastZxidNumber();
    if (oracle.last() < upTo) {
      // From its own log, unless that begins with a snapshot.
      Stream.concat(Stream.of(life.machine()), machines.stream())
          .map(machine -> machine.durableLog().between(oracle.last(), upTo))
          .filter(batches -> !batches.isEmpty() && batches.getLast().last().toLong() >= upTo)
          .findFirst()
          .orElseThrow(() -> new Violation(life + " shows " + tree.lastZxid() + ", which is in nobody's log"))
          .forEach(this::committed);
    }
    if (oracle.treeAt(upTo).digest() != tree.digest()) {
      throw new Violation(life + " has another tree at " + tree.lastZxid() + " than was committed");
    }
  }

  private void committed(Batch batch) {
    Set<ServerId> durable = machines.stream()
        .filter(machine -> machine.durableLog().reaches(batch.last()))
        .map(Machine::server)
        .collect(Collectors.toCollection(TreeSet::new));
    if (!quorum.isReachedBy(durable)) {
      throw new Violation(batch + " was committed, and is only on the disks of " + durable);
    }
    oracle.commit(batch).forEach(this::committed);
  }

  private void committed(Applied applied) {
    counts.add("commits");
    if (applied.transaction().change() instanceof Change.SessionClosed && applied.transaction().cxid() == 0) {
      counts.add("expired sessions");
      expired(applied.transaction());
    }
  }

  /** What a follower hears of a client may be lost on its way to the leader; what the leader hears itself counts. */
  private void expired(Transaction end) {
    Duration timeout = oracle.timeoutOf(end.session());
    machines.stream().flatMap(machine -> machine.life().stream()).filter(Life::leads).forEach(leader -> {
      // A disk may have been slow since, and the client have come back: too late.
      Duration sinceDecided = Duration.ofMillis(leader.machine().clock().toEpochMilli() - end.time());
      leader.lastHeard(end.session()).ifPresent(heard -> {
        Duration silence = Duration.ofNanos(kernel.now() - heard).minus(sinceDecided);
        boolean clockJumped = sinceDecided.isNegative();
        if (!clockJumped && !silence.isNegative() && silence.compareTo(timeout) < 0) {
          throw new Violation("session " + Oracle.hex(end.session()) + " with a timeout of " + timeout.toMillis()
              + " ms expired " + silence.toMillis() + " ms after its client was heard of by " + leader);
        }
      });
    });
  }

  /** A server lets clients in. */
  void serves(Life life) {
    Zxid last = life.tree().lastZxid();
    long epoch = life.epoch();
    if (life.leads()) {
      counts.add("epochs");
      Zxid committed = oracle.lastBefore(new Zxid(epoch, 0));
      if (epochs.put(epoch, committed) != null) {
        throw new Violation("epoch " + epoch + " has two leaders, the second being " + life);
      }
      Zxid history = last.epoch() < epoch ? last : committed;
      histories.put(epoch, history);
      Optional.ofNullable(early.remove(epoch)).ifPresent(all -> all.forEach(server -> check(server, history)));
    }
    Zxid due = epochs.getOrDefault(epoch, Zxid.ZERO);
    if (due.isAfter(last)) {
      throw new Violation(life + " lets clients in at " + last + ", but " + due + " was committed before epoch " + epoch);
    }
  }
}
