package troupe.conformance;

import static java.util.stream.Collectors.toMap;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import troupe.conformance.History.Answer;
import troupe.conformance.History.Append;
import troupe.conformance.History.Created;
import troupe.conformance.History.Node;

/**
 * Sequential nodes: each that was acknowledged is there, once and under its name, and none that nobody asked for. Their
 * names are in the order of their creation, and so are those of one session in the order in which it asked. Of requests
 * that were lost together, those up to some point took effect and those after it did not.
 */
final class HistoryOfAppends {
  /** Where these nodes are, seen from the end of their paths. */
  static final String NAME = "/log/n-";

  private record Found(String path, Node node) {}

  private final Map<String, Found> byData = new TreeMap<>();
  private final List<String> violations = new ArrayList<>();

  private HistoryOfAppends(History history) {
    List<Found> nodes = history.found().entrySet().stream()
        .filter(entry -> entry.getKey().contains(NAME))
        .map(entry -> new Found(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(found -> found.node().created()))
        .toList();
    String last = "";
    for (Found found : nodes) {
      Found twin = byData.putIfAbsent(found.node().data(), found);
      if (twin != null) {
        violations.add(found + " and " + twin + " were made by one request");
      }
      if (found.path().compareTo(last) <= 0) {
        violations.add(found + " was made after " + last);
      }
      last = found.path();
    }
    Map<String, Answer> asked = history.answers().filter(answer -> answer.request() instanceof Append)
        .collect(toMap(HistoryOfAppends::data, answer -> answer));
    byData.forEach((data, found) -> {
      if (!asked.containsKey(data)) {
        violations.add("nobody asked for " + found);
      }
    });
    asked.values().forEach(this::checkAnswer);
    history.sessions().forEach(this::checkOrder);
  }

  static List<String> violations(History history) {
    return new HistoryOfAppends(history).violations;
  }

  private static String data(Answer answer) {
    return ((Append) answer.request()).data();
  }

  private void checkAnswer(Answer answer) {
    Found found = byData.get(data(answer));
    if (answer.outcome() instanceof Created created) {
      if (found == null) {
        violations.add("acknowledged and not there: " + answer);
      } else if (!found.path().equals(created.path()) || found.node().created() != created.zxid()) {
        violations.add(answer + " became " + found);
      }
    } else if (found != null && !answer.isPossible()) {
      violations.add("refused and yet there: " + answer);
    }
  }

  private void checkOrder(History.Session session) {
    long last = 0;
    int missing = -1; // the changes of the connection after which something was found missing
    for (Answer answer : session.answers().stream().filter(one -> one.request() instanceof Append).toList()) {
      Found found = byData.get(data(answer));
      if (found == null) {
        missing = answer.isPossible() ? answer.changes() : missing;
      } else {
        if (found.node().created() <= last) {
          violations.add(session.name() + " had asked for this later: " + answer);
        }
        if (missing == answer.changes()) {
          violations.add(session.name() + " had lost an earlier request together with this: " + answer);
        }
        last = found.node().created();
      }
    }
  }
}
