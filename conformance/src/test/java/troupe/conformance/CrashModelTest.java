package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.zookeeper.KeeperException.Code;
import org.junit.jupiter.api.Test;
import troupe.conformance.CrashModel.Check;
import troupe.conformance.CrashModel.Create;
import troupe.conformance.CrashModel.CreateSequential;
import troupe.conformance.CrashModel.Exchange;
import troupe.conformance.CrashModel.Multi;
import troupe.conformance.CrashModel.Node;
import troupe.conformance.CrashModel.Predictable;
import troupe.conformance.CrashModel.Reply;
import troupe.conformance.CrashModel.Request;
import troupe.conformance.CrashModel.Set;

/** The judge judged: what {@link CrashTest} would say of servers that forget, invent or tear apart. */
class CrashModelTest {
  private static final Predictable CREATE_A = new Create("/a", "1", OptionalLong.empty());
  private static final Predictable SET_A = new Set("/a", "2", -1);
  private static final Predictable CREATE_B = new Create("/b", "3", OptionalLong.empty());

  @Test
  void whatWasAnsweredMustBeThere() {
    List<Exchange> answered = List.of(new Exchange(CREATE_A, Reply.ok("/a")), new Exchange(SET_A, Reply.ok("1")));
    assertEquals(0, CrashModel.EMPTY.settle(answered, after(CREATE_A, SET_A)));
    assertRefuted(answered, after(CREATE_A));
    assertRefuted(answered, CrashModel.EMPTY);
  }

  @Test
  void whatNobodyAskedForMustNotBeThere() {
    assertRefuted(List.of(new Exchange(CREATE_A, Reply.ok("/a"))), after(CREATE_A, CREATE_B));
  }

  @Test
  void whatWasLostTookEffectUpToSomePoint() {
    List<Exchange> lost = List.of(lost(CREATE_A), lost(SET_A), lost(CREATE_B));
    assertEquals(0, CrashModel.EMPTY.settle(lost, CrashModel.EMPTY));
    assertEquals(1, CrashModel.EMPTY.settle(lost, after(CREATE_A)));
    assertEquals(3, CrashModel.EMPTY.settle(lost, after(CREATE_A, SET_A, CREATE_B)));
    assertRefuted(lost, after(CREATE_A, CREATE_B));
  }

  @Test
  void aMultiIsWholeOrAbsent() {
    List<Exchange> lost = List.of(lost(new Multi(List.of(CREATE_A, CREATE_B))));
    assertEquals(1, CrashModel.EMPTY.settle(lost, after(CREATE_A, CREATE_B)));
    assertRefuted(lost, after(CREATE_A));
    assertEquals(
        Reply.refused(Code.BADVERSION),
        CrashModel.EMPTY.apply(new Multi(List.of(CREATE_A, new Check("/a", 7)))).reply());
  }

  @Test
  void aReplyMustBeTheRightOne() {
    assertRefuted(List.of(new Exchange(SET_A, Reply.ok("1"))), CrashModel.EMPTY);
    assertRefuted(
        List.of(new Exchange(CREATE_A, Reply.ok("/a")), new Exchange(CREATE_A, Reply.ok("/a"))), after(CREATE_A));
  }

  @Test
  void anEphemeralOfTheWrongSessionIsAnotherNode() {
    List<Exchange> answered = List.of(new Exchange(new Create("/a", "1", OptionalLong.of(7)), Reply.ok("/a")));
    assertRefuted(answered, new CrashModel(Map.of("/a", new Node("1", 0, OptionalLong.of(8)))));
    assertRefuted(answered, after(CREATE_A));
  }

  @Test
  void aSequentialNodeIsFoundByItsData() {
    var create = new CreateSequential("/s-", "1");
    CrashModel found = new CrashModel(Map.of("/s-0000000004", new Node("1", 0, OptionalLong.empty())));
    assertEquals(0, CrashModel.EMPTY.settle(List.of(new Exchange(create, Reply.ok("/s-0000000004"))), found));
    assertRefuted(List.of(new Exchange(create, Reply.ok("/s-0000000003"))), found);
    assertEquals(1, CrashModel.EMPTY.settle(List.of(lost(create), lost(SET_A)), found));
    assertEquals(0, CrashModel.EMPTY.settle(List.of(lost(create), lost(SET_A)), CrashModel.EMPTY));
    assertRefuted(List.of(lost(create), lost(CREATE_A)), after(CREATE_A));
  }

  private static Exchange lost(Request request) {
    return new Exchange(request, Reply.refused(Code.CONNECTIONLOSS));
  }

  private static CrashModel after(Predictable... requests) {
    CrashModel state = CrashModel.EMPTY;
    for (Predictable request : requests) {
      state = state.apply(request).next();
    }
    return state;
  }

  private static void assertRefuted(List<Exchange> exchanges, CrashModel found) {
    assertThrows(AssertionError.class, () -> CrashModel.EMPTY.settle(exchanges, found));
  }
}
