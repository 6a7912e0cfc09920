package troupe.recipes;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where they stand in line who wait for the same thing: children of one znode, in the order of the numbers at the end of
 * their names, which is the order in which they came.
 *
 * @param parent is created if need be, and goes with the last who stands there
 * @param kind begins the names of those who are added here
 * @param rule says when it is one's turn
 */
record Line(String parent, String kind, Rule rule) implements Place {
  /** Whoever has one stands in line. Curator puts {@code _c_} and an id before the kind, for reasons of its own. */
  record Ticket(String name, String kind, long number) {
    private static final Pattern NAME = Pattern.compile("(?:_c_[0-9a-fA-F-]{36}-)?(.*?)([0-9]{10,18})");

    static Optional<Ticket> of(String name) {
      Matcher matcher = NAME.matcher(name);
      return matcher.matches()
          ? Optional.of(new Ticket(name, matcher.group(1), Long.parseLong(matcher.group(2))))
          : Optional.empty();
    }
  }

  /** Whose turn it is. */
  @FunctionalInterface
  interface Rule {
    /** For one at a time. Each waits for the one before it only, so that who leaves wakes one. */
    Rule ALONE = before -> before.isEmpty() ? List.of() : List.of(before.getLast());

    /** For some at a time. Who waits is woken by each that leaves: let few wait. */
    static Rule atMost(int number) {
      return before -> before.size() < number ? List.of() : before;
    }

    /** For all but those behind one of this kind. */
    static Rule behindNo(String kind) {
      return before -> before.stream().filter(ticket -> ticket.kind().equals(kind))
          .reduce((one, later) -> later).stream().toList();
    }

    /**
     * Of those whose leaving may let one in.
     *
     * @param before all who came earlier and are still there, in their order
     * @return nobody: it is one's turn
     */
    List<Ticket> awaited(List<Ticket> before);
  }

  /** Whom the owner of this name has to wait for; of a name that is not there any more nothing can be said. */
  Optional<List<Ticket>> awaited(List<String> names, String own) {
    List<Ticket> tickets = tickets(names);
    return tickets.stream().filter(ticket -> ticket.name().equals(own)).findAny().map(mine ->
        rule.awaited(tickets.stream().filter(ticket -> ticket.number() < mine.number()).toList()));
  }

  static List<Ticket> tickets(List<String> names) {
    return names.stream().flatMap(name -> Ticket.of(name).stream())
        .sorted(Comparator.comparingLong(Ticket::number)).toList();
  }
}
