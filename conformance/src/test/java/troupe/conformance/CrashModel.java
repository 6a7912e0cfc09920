package troupe.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.zookeeper.KeeperException.Code;

/**
 * What a server must do with the nodes of one session, as a specification small enough to be believed: requests in
 * their order, each with the one reply and the one next state that are right.
 *
 * @param nodes by path
 */
record CrashModel(Map<String, Node> nodes) {
  static final CrashModel EMPTY = new CrashModel(Map.of());

  /** @param ephemeralOwner the id of the session that it goes with */
  record Node(String data, int version, OptionalLong ephemeralOwner) {}

  sealed interface Request {}

  /** The server chooses the name. No two requests carry the same data, so the node can be told from others. */
  record CreateSequential(String prefix, String data) implements Request {}

  /** A request of which the state before it says all. */
  sealed interface Predictable extends Request {}

  record Create(String path, String data, OptionalLong ephemeralOwner) implements Predictable {}

  /** @param version the one it must have, or -1 for any */
  record Set(String path, String data, int version) implements Predictable {}

  /** @param version the one it must have, or -1 for any */
  record Delete(String path, int version) implements Predictable {}

  /** @param version the one it must have, or -1 for any */
  record Check(String path, int version) implements Predictable {}

  /** All or nothing. */
  record Multi(List<Predictable> parts) implements Predictable {
    Multi {
      parts = List.copyOf(parts);
    }
  }

  /**
   * A server's answer, or what the client made of its absence.
   *
   * @param values of each part that has one: the path created, the new version
   */
  record Reply(Code code, List<String> values) {
    Reply {
      values = List.copyOf(values);
    }

    static Reply ok(String... values) {
      return new Reply(Code.OK, List.of(values));
    }

    static Reply refused(Code code) {
      return new Reply(code, List.of());
    }

    /** The connection broke: the request may or may not have taken effect. */
    boolean isLost() {
      return code == Code.CONNECTIONLOSS;
    }
  }

  record Outcome(CrashModel next, Reply reply) {}

  /** A request and what came back. */
  record Exchange(Request request, Reply reply) {}

  CrashModel {
    nodes = Map.copyOf(nodes);
  }

  Outcome apply(Predictable request) {
    return switch (request) {
      case Create c when nodes.containsKey(c.path()) -> refuse(Code.NODEEXISTS);
      case Create c -> new Outcome(with(c.path(), new Node(c.data(), 0, c.ephemeralOwner())), Reply.ok(c.path()));
      case Set s -> switch (refusal(s.path(), s.version())) {
        case OK -> {
          Node old = nodes.get(s.path());
          var changed = new Node(s.data(), old.version() + 1, old.ephemeralOwner());
          yield new Outcome(with(s.path(), changed), Reply.ok("" + changed.version()));
        }
        case Code code -> refuse(code);
      };
      case Delete d -> switch (refusal(d.path(), d.version())) {
        case OK -> new Outcome(without(d.path()), Reply.ok());
        case Code code -> refuse(code);
      };
      case Check c -> switch (refusal(c.path(), c.version())) {
        case OK -> new Outcome(this, Reply.ok());
        case Code code -> refuse(code);
      };
      case Multi m -> applyAll(m.parts());
    };
  }

  private Outcome applyAll(List<Predictable> parts) {
    CrashModel state = this;
    var values = new ArrayList<String>();
    for (Predictable part : parts) {
      Outcome outcome = state.apply(part);
      if (outcome.reply().code() != Code.OK) {
        return refuse(outcome.reply().code());
      }
      values.addAll(outcome.reply().values());
      state = outcome.next();
    }
    return new Outcome(state, new Reply(Code.OK, values));
  }

  private Outcome refuse(Code code) {
    return new Outcome(this, Reply.refused(code));
  }

  private Code refusal(String path, int version) {
    Node node = nodes.get(path);
    if (node == null) {
      return Code.NONODE;
    }
    return version == -1 || version == node.version() ? Code.OK : Code.BADVERSION;
  }

  private CrashModel with(String path, Node node) {
    var changed = new TreeMap<>(nodes);
    changed.put(path, node);
    return new CrashModel(changed);
  }

  private CrashModel without(String path) {
    var changed = new TreeMap<>(nodes);
    changed.remove(path);
    return new CrashModel(changed);
  }

  /**
   * Holds a server that crashed to its word. Each reply must be the right one. Of the requests that were lost, those up
   * to some point took effect and those after it did not: a session's requests are carried out in order, and a server
   * that forgets one of them forgets all that came later.
   *
   * @param exchanges since this was the state, in the order of the requests; nothing was answered after a loss
   * @param found the state after the crash
   * @return how many of the lost requests took effect
   * @throws AssertionError if no such point leads to what was found
   */
  int settle(List<Exchange> exchanges, CrashModel found) {
    CrashModel promised = this;
    for (Exchange exchange : exchanges.stream().takeWhile(e -> !e.reply().isLost()).toList()) {
      Outcome outcome = promised.apply(answered(exchange));
      if (!outcome.reply().equals(exchange.reply())) {
        throw new AssertionError(exchange + " should have been answered with " + outcome.reply());
      }
      promised = outcome.next();
    }
    List<Request> lost = exchanges.stream().dropWhile(e -> !e.reply().isLost()).map(Exchange::request).toList();
    CrashModel possible = promised;
    for (int effective = 0; effective <= lost.size(); effective++) {
      if (possible.equals(found)) {
        return effective;
      }
      Optional<Predictable> next =
          lost.stream().skip(effective).findFirst().flatMap(request -> inHindsight(request, found));
      if (next.isEmpty()) {
        break;
      }
      possible = possible.apply(next.get()).next();
    }
    throw new AssertionError("was promised and is not there, or the other way round: " + promised.differenceTo(found)
        + "\nrequests that were lost: " + lost);
  }

  private static Predictable answered(Exchange exchange) {
    return switch (exchange.request()) {
      case Predictable request -> request;
      case CreateSequential c -> new Create(
          exchange.reply().values().stream().findFirst().orElse(c.prefix()), c.data(), OptionalLong.empty());
    };
  }

  /** The request as it must have been carried out; empty if what was found says that it was not. */
  private static Optional<Predictable> inHindsight(Request request, CrashModel found) {
    return switch (request) {
      case Predictable p -> Optional.of(p);
      case CreateSequential c -> found.pathOf(c).map(path -> new Create(path, c.data(), OptionalLong.empty()));
    };
  }

  private List<String> differenceTo(CrashModel found) {
    return Stream.concat(nodes.keySet().stream(), found.nodes.keySet().stream())
        .distinct()
        .sorted()
        .filter(path -> !Objects.equals(nodes.get(path), found.nodes.get(path)))
        .map(path -> path + ": promised " + nodes.get(path) + ", found " + found.nodes.get(path))
        .toList();
  }

  /** The name that {@code create} was given, if it was carried out. */
  private Optional<String> pathOf(CreateSequential create) {
    return nodes.entrySet().stream()
        .filter(entry -> entry.getValue().data().equals(create.data()))
        .map(Map.Entry::getKey)
        .filter(path -> path.startsWith(create.prefix()))
        .findFirst();
  }
}
