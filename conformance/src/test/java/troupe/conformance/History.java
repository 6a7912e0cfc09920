package troupe.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.zookeeper.KeeperException.Code;

/**
 * What sessions asked and were told, and what was found when all was over: enough to say whether an ensemble kept its
 * promises, whatever happened to its servers meanwhile. No two requests carry the same data.
 *
 * <p>A znode's version says which of its writes came first, so that finding the one order that explains all answers,
 * which in general takes exponential time and a search (Knossos, Porcupine: neither is for the JVM's Java), takes here
 * a sort. The rules are in {@link HistoryOfRegisters}, {@link HistoryOfSessions}, {@link HistoryOfAppends} and
 * {@link HistoryOfLock}.
 *
 * @param found the nodes at the end, by path
 */
record History(List<Session> sessions, Map<String, Node> found) {
  /** A node as it was found. Zxids: of its creation and of its last change. */
  record Node(String data, int version, long created, long modified, long ephemeralOwner) {}

  /** What one session was told, in the order in which it was told. */
  record Session(String name, List<Told> told) {
    Session {
      told = List.copyOf(told);
    }

    List<Answer> answers() {
      return told.stream().flatMap(one -> one instanceof Answer answer ? Stream.of(answer) : Stream.of()).toList();
    }
  }

  sealed interface Told {}

  /** A watch of this path fired. */
  record Event(String path) implements Told {}

  /**
   * A request and what came of it.
   *
   * @param number of the request in its session: the order in which they were asked
   * @param asked when, on a clock of the process that never goes back
   * @param answered when, on the same clock
   * @param changes how often the connection had come or gone before the answer came, or its loss became known
   */
  record Answer(int number, Request request, long asked, long answered, int changes, Outcome outcome) implements Told {
    /** Whether it may have taken effect. */
    boolean isPossible() {
      return !(outcome instanceof Refused);
    }

    /** The moment from which its effect must be seen; never, if nobody was told that it has one. */
    long effective() {
      return outcome instanceof Lost ? Long.MAX_VALUE : answered;
    }
  }

  sealed interface Request {}

  /** Sets a register. {@code expected} is the version that it must have; none for any. */
  record Write(String path, String data, OptionalInt expected) implements Request {}

  /** Reads a register; {@code watched} leaves a watch. */
  record Read(String path, boolean watched) implements Request {}

  /** A sync and then a read. */
  record SyncedRead(String path) implements Request {}

  /** Creates a sequential node. */
  record Append(String data) implements Request {}

  /** Creates the ephemeral that only one session can have. */
  record Acquire() implements Request {}

  /** Deletes it. */
  record Release() implements Request {}

  sealed interface Outcome {}

  /** A register as it was read, or as it is after a write. */
  record Seen(String data, int version, long zxid) implements Outcome {}

  record Created(String path, long zxid) implements Outcome {}

  record Done() implements Outcome {}

  /** The server said no: it had no effect. */
  record Refused(Code code) implements Outcome {}

  /** The connection broke: it may have had an effect or not. */
  record Lost() implements Outcome {}

  History {
    sessions = List.copyOf(sessions);
    found = Map.copyOf(found);
  }

  Stream<Answer> answers() {
    return sessions.stream().flatMap(session -> session.answers().stream());
  }

  /** All that cannot have been, each in a sentence; none if every promise was kept. */
  List<String> violations() {
    var violations = new ArrayList<String>();
    violations.addAll(HistoryOfRegisters.violations(this));
    violations.addAll(HistoryOfSessions.violations(this));
    violations.addAll(HistoryOfAppends.violations(this));
    violations.addAll(HistoryOfLock.violations(this));
    return violations;
  }

  /** Every state of a register that anybody has seen, by the zxid that led to it. */
  NavigableMap<Long, Seen> states(String path) {
    var states = new TreeMap<Long, Seen>();
    answers().forEach(answer -> {
      if (answer.outcome() instanceof Seen seen && path(answer.request()).equals(path)) {
        states.put(seen.zxid(), seen);
      }
    });
    if (found.containsKey(path)) {
      Node node = found.get(path);
      states.put(node.modified(), new Seen(node.data(), node.version(), node.modified()));
    }
    return states;
  }

  /** The register that a request is about; empty text if about none. */
  static String path(Request request) {
    return switch (request) {
      case Write write -> write.path();
      case Read read -> read.path();
      case SyncedRead read -> read.path();
      case Append append -> "";
      case Acquire acquire -> "";
      case Release release -> "";
    };
  }

  List<String> registers() {
    return answers().map(answer -> path(answer.request())).filter(path -> !path.isEmpty()).distinct().sorted().toList();
  }
}
