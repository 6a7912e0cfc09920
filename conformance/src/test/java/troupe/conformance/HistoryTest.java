package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.zookeeper.KeeperException.Code;
import org.junit.jupiter.api.Test;
import troupe.conformance.History.Acquire;
import troupe.conformance.History.Answer;
import troupe.conformance.History.Append;
import troupe.conformance.History.Created;
import troupe.conformance.History.Done;
import troupe.conformance.History.Event;
import troupe.conformance.History.Lost;
import troupe.conformance.History.Node;
import troupe.conformance.History.Outcome;
import troupe.conformance.History.Read;
import troupe.conformance.History.Refused;
import troupe.conformance.History.Release;
import troupe.conformance.History.Request;
import troupe.conformance.History.Seen;
import troupe.conformance.History.Session;
import troupe.conformance.History.SyncedRead;
import troupe.conformance.History.Told;
import troupe.conformance.History.Write;

/** The judges judged: a good history has no violation, and each bad one has the one that it was made for. */
class HistoryTest {
  private static final String A = "/r/a";
  private static final String B = "/r/b";
  private static final Seen ZERO = new Seen("", 0, 1);
  private static final Seen ONE = new Seen("one", 1, 10);
  private static final Seen TWO = new Seen("two", 2, 20);

  @Test
  void aGoodHistoryHasNoViolation() {
    History good = history(
        Map.of(A, node(TWO), B, node(new Seen("", 0, 2)), "/r/log/n-0", appended("x", 30)),
        session(
            told(0, write("one"), 0, 5, ONE),
            told(1, new Read(A, true), 1, 6, ONE),
            told(2, new Append("x"), 2, 20, new Lost()),
            new Event(A),
            told(3, new SyncedRead(A), 21, 25, TWO),
            told(4, new Acquire(), 26, 27, new Created("/r/lock", 40)),
            told(5, new Release(), 28, 29, new Done())),
        session(
            told(0, write("two", 1), 6, 9, TWO),
            told(1, write("three", 0), 10, 11, new Refused(Code.BADVERSION)),
            told(2, new Acquire(), 30, 31, new Created("/r/lock", 50))));
    assertEquals(List.of(), good.violations());
    assertEquals(List.of(), HistoryOfRegisters.staleReads(good));
  }

  @Test
  void twoStatesOfOneVersionAreTwoLeaders() {
    violates("two states of one version", TWO,
        told(0, write("one"), 0, 5, ONE),
        told(1, write("else"), 0, 6, new Seen("else", 1, 11)),
        told(2, write("two"), 7, 8, TWO));
  }

  @Test
  void aStateThatNobodyWrote() {
    violates("nobody wrote", ONE);
  }

  @Test
  void anAcknowledgedWriteThatIsGone() {
    violates("ended with version 0 after 1 acknowledged", ZERO, told(0, write("one"), 0, 5, ONE));
  }

  @Test
  void aLostWriteThatTookEffectTwice() {
    violates("had led to version 1 already", new Seen("one", 2, 20),
        told(0, write("one"), 0, 5, new Lost()),
        told(1, new Read(A, false), 1, 5, ONE),
        told(2, write("two"), 6, 7, new Lost()));
    violates("ended with version 2", new Seen("one", 2, 20), told(0, write("one"), 0, 5, new Lost()));
  }

  @Test
  void aRefusedWriteThatTookEffect() {
    violates("by a write that was refused", ONE, told(0, write("one", 7), 0, 5, new Refused(Code.BADVERSION)));
  }

  @Test
  void aConditionThatDidNotHold() {
    violates("on condition of another version", TWO,
        told(0, write("one"), 0, 5, ONE), told(1, write("two", 0), 6, 7, TWO));
    violates("had the version on whose absence", ONE,
        told(0, write("one"), 0, 5, ONE), told(1, write("two", 1), 6, 7, new Refused(Code.BADVERSION)));
    violates("refused for no reason", ZERO, told(0, write("one"), 6, 7, new Refused(Code.NONODE)));
  }

  @Test
  void aWriteThatCameBeforeWhatWasAcknowledgedEarlier() {
    violates("had a later version already when this was asked", TWO,
        List.of(told(0, write("two"), 0, 1, TWO)), List.of(told(0, write("one"), 2, 3, ONE)));
    violates("before it came to its last version", new Seen("two", 2, 9),
        told(0, write("one"), 0, 1, ONE), told(1, write("two"), 2, 3, new Seen("two", 2, 9)));
  }

  @Test
  void aReadFromTheFuture() {
    violates("as it was to be later", ONE,
        List.of(told(0, new Read(A, false), 0, 1, ONE)), List.of(told(0, write("one"), 2, 3, ONE)));
  }

  @Test
  void aSyncedReadThatIsOld() {
    Told[] old = {told(0, new SyncedRead(A), 6, 7, ZERO)};
    History history = history(Map.of(A, node(ONE)), session(told(0, write("one"), 0, 5, ONE)), session(old));
    assertEquals(List.of(), history.violations());
    assertEquals(1, HistoryOfRegisters.staleReads(history).size());
  }

  @Test
  void aSessionThatGoesBack() {
    violates("went back", ONE,
        List.of(told(0, write("one"), 0, 5, ONE)),
        List.of(told(0, new Read(A, false), 6, 7, ONE), told(1, new Read(A, false), 8, 9, ZERO)));
  }

  @Test
  void aSessionThatGoesBackOnAnotherPath() {
    Seen b = new Seen("b", 1, 15);
    History history = history(
        Map.of(A, node(ONE), B, node(b)),
        session(told(0, write("one"), 0, 5, ONE), told(1, new Write(B, "b", OptionalInt.empty()), 0, 5, b)),
        session(told(0, new Read(B, false), 6, 7, b), told(1, new Read(A, false), 8, 9, ZERO)));
    assertViolation("went back", history);
  }

  @Test
  void aWriteWithAZxidThatItsSessionHasSeenBefore() {
    violates("had seen zxid", TWO,
        told(0, write("two"), 0, 5, TWO), told(1, write("one"), 0, 6, ONE));
  }

  @Test
  void anAnswerOutOfOrder() {
    violates("out of order", ONE,
        told(1, write("one"), 0, 5, ONE), told(0, new Read(A, false), 0, 6, ONE));
  }

  @Test
  void aChangeThatIsSeenBeforeItsEvent() {
    violates("was not told of its change", ONE,
        List.of(told(0, write("one"), 4, 5, ONE)),
        List.of(told(0, new Read(A, true), 0, 1, ZERO), told(1, new Read(A, false), 6, 7, ONE)));
  }

  @Test
  void anAcknowledgedNodeThatIsGone() {
    violates("acknowledged and not there", ZERO, told(0, new Append("x"), 0, 5, new Created("/r/log/n-0", 9)));
  }

  @Test
  void aNodeThatNobodyAskedFor() {
    assertViolation("nobody asked for", history(Map.of("/r/log/n-0", appended("x", 9)), session()));
  }

  @Test
  void aNodeThatWasRefused() {
    assertViolation("refused and yet there", history(
        Map.of("/r/log/n-0", appended("x", 9)), session(told(0, new Append("x"), 0, 5, new Refused(Code.NONODE)))));
  }

  @Test
  void aNodeThatWasMadeTwice() {
    assertViolation("were made by one request", history(
        Map.of("/r/log/n-0", appended("x", 9), "/r/log/n-1", appended("x", 10)),
        session(told(0, new Append("x"), 0, 5, new Lost()))));
  }

  @Test
  void aNameThatWasGivenOutOfOrder() {
    assertViolation("was made after", history(
        Map.of("/r/log/n-1", appended("x", 9), "/r/log/n-0", appended("y", 10)),
        session(told(0, new Append("x"), 0, 5, new Lost()), told(1, new Append("y"), 0, 5, new Lost()))));
  }

  @Test
  void aNodeOfAnotherNameThanAcknowledged() {
    assertViolation("became", history(
        Map.of("/r/log/n-1", appended("x", 9)),
        session(told(0, new Append("x"), 0, 5, new Created("/r/log/n-0", 9)))));
  }

  @Test
  void requestsOfASessionThatOvertookEachOther() {
    assertViolation("had asked for this later", history(
        Map.of("/r/log/n-0", appended("y", 9), "/r/log/n-1", appended("x", 10)),
        session(told(0, new Append("x"), 0, 5, new Lost()), told(1, new Append("y"), 0, 5, new Lost()))));
  }

  @Test
  void aLostRequestThatTookEffectWithoutThoseBeforeIt() {
    Told[] together = {told(0, new Append("x"), 0, 5, new Lost()), told(1, new Append("y"), 0, 5, new Lost())};
    assertViolation("had lost an earlier request", history(
        Map.of("/r/log/n-0", appended("y", 9)), session(together)));
    assertEquals(List.of(), history(Map.of("/r/log/n-0", appended("x", 9)), session(together)).violations());
  }

  @Test
  void anEphemeralOfTwoSessionsAtATime() {
    assertViolation("held by two sessions", history(Map.of(),
        session(
            told(0, new Acquire(), 0, 1, new Created("/r/lock", 1)),
            told(1, new Release(), 9, 10, new Done())),
        session(told(0, new Acquire(), 2, 3, new Created("/r/lock", 2)), told(1, new Append("x"), 7, 8, new Lost()))));
  }

  private static void violates(String expected, Seen end, Told... told) {
    violates(expected, end, List.of(told), List.of());
  }

  private static void violates(String expected, Seen end, List<Told> one, List<Told> other) {
    assertViolation(expected, history(Map.of(A, node(end)),
        session(told(0, new Read(A, false), -2, -1, ZERO)),
        session(one.toArray(Told[]::new)), session(other.toArray(Told[]::new))));
  }

  private static void assertViolation(String expected, History history) {
    List<String> violations = history.violations();
    assertTrue(violations.stream().anyMatch(violation -> violation.contains(expected)), violations::toString);
  }

  private static History history(Map<String, Node> found, Session... sessions) {
    return new History(
        IntStream.range(0, sessions.length).mapToObj(i -> new Session("s" + i, sessions[i].told())).toList(),
        new HashMap<>(found));
  }

  private static Session session(Told... told) {
    return new Session("", Arrays.asList(told));
  }

  private static Answer told(int number, Request request, long asked, long answered, Outcome outcome) {
    return new Answer(number, request, asked, answered, 0, outcome);
  }

  private static Write write(String data, int... expected) {
    return new Write(A, data, Arrays.stream(expected).boxed().map(OptionalInt::of).findFirst()
        .orElse(OptionalInt.empty()));
  }

  private static Node node(Seen seen) {
    return new Node(seen.data(), seen.version(), 1, seen.zxid(), 0);
  }

  private static Node appended(String data, long created) {
    return new Node(data, 0, created, created, 0);
  }
}
