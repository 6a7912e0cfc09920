package troupe.conformance;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.zookeeper.KeeperException.Code;
import troupe.conformance.History.Answer;
import troupe.conformance.History.Refused;
import troupe.conformance.History.Seen;
import troupe.conformance.History.SyncedRead;
import troupe.conformance.History.Write;

/**
 * Registers are linearizable: their writes, and the reads that follow a sync, can be put in one order that explains
 * every answer and in which whatever was answered before something else was asked comes first. Plain reads may be old,
 * but not from the future.
 *
 * <p>A sync is no quorum operation in ZooKeeper: a leader that was replaced and does not know it yet still answers one.
 * So reads that were too old in spite of a sync are told apart from what must never be: {@link #staleReads}.
 */
final class HistoryOfRegisters {
  private final String path;
  private final List<Answer> answers;
  private final Map<String, Answer> writers;
  private final NavigableMap<Integer, Seen> versions = new TreeMap<>();
  private final Map<Integer, List<Answer>> reads;
  private final List<String> violations = new ArrayList<>();
  private final List<String> staleReads = new ArrayList<>();

  private HistoryOfRegisters(History history, String path) {
    this.path = path;
    answers = history.answers().filter(answer -> History.path(answer.request()).equals(path)).toList();
    writers = answers.stream()
        .filter(answer -> answer.request() instanceof Write)
        .collect(toMap(answer -> ((Write) answer.request()).data(), answer -> answer));
    reads = answers.stream()
        .filter(answer -> !(answer.request() instanceof Write) && answer.outcome() instanceof Seen)
        .collect(groupingBy(answer -> ((Seen) answer.outcome()).version()));
    answers.forEach(answer -> {
      if (answer.outcome() instanceof Seen seen) {
        note(seen);
      }
    });
    history.states(path).values().forEach(this::note);
    checkVersions();
    checkCount(history);
    checkTime();
    answers.forEach(this::checkRefusal);
  }

  static List<String> violations(History history) {
    return history.registers().stream().flatMap(path -> new HistoryOfRegisters(history, path).violations.stream())
        .toList();
  }

  /** Reads that in spite of their sync were older than what somebody had been told before they were asked. */
  static List<String> staleReads(History history) {
    return history.registers().stream().flatMap(path -> new HistoryOfRegisters(history, path).staleReads.stream())
        .toList();
  }

  private void note(Seen seen) {
    Seen before = versions.putIfAbsent(seen.version(), seen);
    if (before != null && !before.equals(seen)) {
      violations.add(path + " had two states of one version: " + before + " and " + seen);
    }
  }

  /** Each version was written by one request, which was not refused, and whose condition held. */
  private void checkVersions() {
    long zxid = 0;
    var written = new TreeMap<String, Integer>();
    for (Seen seen : versions.values()) {
      if (seen.zxid() <= zxid) {
        violations.add(path + " came to " + seen + " before it came to its last version");
      }
      zxid = seen.zxid();
      if (seen.version() > 0) { // it was created with version 0
        checkWriter(seen, written);
      }
    }
  }

  private void checkWriter(Seen seen, Map<String, Integer> written) {
    String state = path + " came to " + seen;
    Answer writer = writers.get(seen.data());
    if (writer == null) {
      violations.add(state + ", which nobody wrote");
    } else if (!writer.isPossible()) {
      violations.add(state + " by a write that was refused: " + writer);
    } else if (((Write) writer.request()).expected().orElse(seen.version() - 1) != seen.version() - 1) {
      violations.add(state + " by a write on condition of another version: " + writer);
    }
    Integer earlier = written.put(seen.data(), seen.version());
    if (earlier != null) {
      violations.add(state + " by a write that had led to version " + earlier + " already");
    }
  }

  /** No write that was acknowledged is missing at the end, and none too many is there. */
  private void checkCount(History history) {
    int found = history.found().get(path).version();
    long acknowledged = writers.values().stream().filter(writer -> writer.outcome() instanceof Seen).count();
    long possible = writers.values().stream().filter(Answer::isPossible).count();
    if (found < acknowledged || found > possible) {
      violations.add("%s ended with version %d after %d acknowledged writes and %d lost ones"
          .formatted(path, found, acknowledged, possible - acknowledged));
    }
  }

  /** From the last version to the first: nothing that belongs to one was asked after a later one was there. */
  private void checkTime() {
    long later = Long.MAX_VALUE; // when a later version was certainly there
    for (int version : versions.descendingKeySet()) {
      for (Answer read : readsOf(version)) {
        if (read.request() instanceof SyncedRead && read.asked() > later) {
          staleReads.add(path + " had a later version already: " + read);
        }
      }
      Answer writer = writers.get(versions.get(version).data());
      if (writer != null) {
        if (writer.asked() > later) {
          violations.add(path + " had a later version already when this was asked: " + writer);
        }
        for (Answer read : readsOf(version)) {
          if (read.answered() < writer.asked()) {
            violations.add(path + " was read as it was to be later: " + read + " saw " + writer);
          }
        }
      }
      later = Math.min(later, reached(version));
    }
  }

  /** When this version was certainly there: its write was acknowledged, or somebody had read it. */
  private long reached(int version) {
    Answer writer = writers.get(versions.get(version).data());
    long acknowledged = writer == null ? Long.MAX_VALUE : writer.effective();
    return readsOf(version).stream().mapToLong(Answer::answered).reduce(acknowledged, Math::min);
  }

  private List<Answer> readsOf(int version) {
    return reads.getOrDefault(version, List.of());
  }

  /** A write is refused for its version only if there was a moment at which that version was not the one. */
  private void checkRefusal(Answer answer) {
    if (answer.request() instanceof Write write && answer.outcome() instanceof Refused refused) {
      OptionalInt expected = write.expected();
      if (refused.code() != Code.BADVERSION || expected.isEmpty()) {
        violations.add(path + " refused for no reason: " + answer);
      } else if (versions.containsKey(expected.getAsInt()) && heldThroughout(answer, expected.getAsInt())) {
        violations.add(path + " had the version on whose absence this was refused: " + answer);
      }
    }
  }

  private boolean heldThroughout(Answer answer, int version) {
    boolean before = version == 0 || reached(version) < answer.asked();
    if (!before || versions.lastKey() == version) {
      return before;
    }
    Seen next = versions.get(version + 1);
    return next != null && writers.containsKey(next.data()) && writers.get(next.data()).asked() > answer.answered();
  }
}
