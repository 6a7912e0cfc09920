package troupe.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import troupe.conformance.History.Acquire;
import troupe.conformance.History.Answer;
import troupe.conformance.History.Created;
import troupe.conformance.History.Release;

/** The ephemeral that only one session can have is never two sessions' at a time. */
final class HistoryOfLock {
  /** The time in which a session certainly had it: from the answer to its create until it asked for its deletion. */
  private record Held(String session, long from, long to) {}

  private HistoryOfLock() {}

  static List<String> violations(History history) {
    List<Held> all = history.sessions().stream().flatMap(session -> held(session).stream())
        .sorted(Comparator.comparingLong(Held::from)).toList();
    var violations = new ArrayList<String>();
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i).from() < all.get(i - 1).to()) {
        violations.add("held by two sessions at a time: " + all.get(i - 1) + " and " + all.get(i));
      }
    }
    return violations;
  }

  /** A session that does not release it has it as long as it was told anything at all. */
  private static List<Held> held(History.Session session) {
    var held = new ArrayList<Held>();
    Optional<Answer> acquired = Optional.empty();
    long last = 0;
    for (Answer answer : session.answers()) {
      if (answer.request() instanceof Acquire && answer.outcome() instanceof Created) {
        acquired = Optional.of(answer);
      } else if (answer.request() instanceof Release) {
        acquired.ifPresent(since -> held.add(new Held(session.name(), since.answered(), answer.asked())));
        acquired = Optional.empty();
      }
      last = answer.outcome() instanceof History.Lost ? last : answer.answered();
    }
    long end = last;
    acquired.ifPresent(since -> held.add(new Held(session.name(), since.answered(), end)));
    return held;
  }
}
