package troupe.conformance;

import static java.util.stream.Collectors.toMap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import troupe.conformance.History.Answer;
import troupe.conformance.History.Created;
import troupe.conformance.History.Done;
import troupe.conformance.History.Event;
import troupe.conformance.History.Lost;
import troupe.conformance.History.Read;
import troupe.conformance.History.Refused;
import troupe.conformance.History.Seen;
import troupe.conformance.History.Write;

/**
 * A session is answered in the order in which it asked, sees nothing older than what it has seen, whichever server
 * answers, and hears of a change that it watches for before it sees a state in which that change has been made.
 */
final class HistoryOfSessions {
  private final String name;
  private final Map<String, NavigableMap<Long, Seen>> states;
  private final List<String> violations = new ArrayList<>();
  private final Map<String, Long> watched = new HashMap<>(); // by path, the zxid of what was seen with the watch
  private int lastNumber = -1;
  private long seen; // the highest zxid

  private HistoryOfSessions(History.Session session, Map<String, NavigableMap<Long, Seen>> states) {
    this.name = session.name();
    this.states = states;
    session.told().forEach(told -> {
      switch (told) {
        case Event event -> watched.remove(event.path());
        case Answer answer -> onAnswer(answer);
      }
    });
  }

  static List<String> violations(History history) {
    var states = history.registers().stream().collect(toMap(path -> path, history::states));
    return history.sessions().stream().flatMap(session -> new HistoryOfSessions(session, states).violations.stream())
        .toList();
  }

  private void onAnswer(Answer answer) {
    if (answer.number() <= lastNumber) {
      violations.add(name + " was answered out of order: " + answer + " after request " + lastNumber);
    }
    lastNumber = answer.number();
    switch (answer.outcome()) {
      case Seen state when answer.request() instanceof Write -> onWrite(answer, state.zxid());
      case Seen state -> onRead(answer, state);
      case Created created -> onWrite(answer, created.zxid());
      case Done done -> {}
      case Refused refused -> {}
      case Lost lost -> {}
    }
  }

  private void onWrite(Answer answer, long zxid) {
    if (zxid <= seen) {
      violations.add("%s had seen zxid 0x%x before it asked for %s".formatted(name, seen, answer));
    }
    seen = Math.max(seen, zxid);
  }

  private void onRead(Answer answer, Seen state) {
    String path = History.path(answer.request());
    Map.Entry<Long, Seen> atLeast = states.get(path).floorEntry(seen);
    if (atLeast != null && state.version() < atLeast.getValue().version()) {
      violations.add("%s went back: it had seen zxid 0x%x, which is after %s, and then %s"
          .formatted(name, seen, atLeast.getValue(), answer));
    }
    watched.forEach((other, since) -> {
      if (since < state.zxid() && !states.get(other).subMap(since, false, state.zxid(), true).isEmpty()) {
        violations.add("%s watched %s since zxid 0x%x and was not told of its change before %s"
            .formatted(name, other, since, answer));
      }
    });
    if (answer.request() instanceof Read read && read.watched()) {
      watched.put(path, state.zxid());
    }
    seen = Math.max(seen, state.zxid());
  }
}
