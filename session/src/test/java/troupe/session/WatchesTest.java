package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import troupe.metrics.Metrics;
import troupe.tree.Applied;
import troupe.tree.ErrorCode;
import troupe.tree.NodeEvent;
import troupe.tree.Operation;

class WatchesTest {
  private static final int MORE_THAN_ARE_REMEMBERED = 10_001;

  private final History history = new History();
  private final PublishedTree published = new PublishedTree(history.tree());
  private final BehaviorTestKit<Watches.Command> watches = BehaviorTestKit.create(Watches.create(published, new Metrics()));
  private final TestInbox<Session.Command> inbox = TestInbox.create();
  private final SessionHandle session = new SessionHandle(7, inbox.getRef());

  WatchesTest() {
    commit(history.open(7));
    watches.run(new Watches.Connect(session));
  }

  private Applied commit(Applied applied) {
    watches.run(new Watches.Deliver(List.of(applied)));
    return applied;
  }

  private Applied commit(Operation operation) {
    return commit(history.add(operation));
  }

  private List<Delivery> deliveries() {
    List<Delivery> all = new ArrayList<>();
    inbox.getAllReceived().forEach(message -> all.addAll(((Session.Deliveries) message).deliveries()));
    return all;
  }

  private long now() {
    return published.get().lastZxidNumber();
  }

  private void register(long zxid, String path, boolean children, boolean present) {
    watches.run(new Watches.Register(session, zxid, List.of(new Watches.Watch(path, children, present))));
  }

  private static Delivery event(Applied applied, int number) {
    return OneSession.event(applied, number);
  }

  private static Delivery registered(Delivery... missed) {
    return new Delivery.Registered(List.of(missed).stream().map(Delivery.Event.class::cast).toList());
  }

  @Test
  void eventsComeWithTheOutcomeInTheOrderOfCommits() {
    register(now(), "/a", false, false);
    assertEquals(List.of(registered()), deliveries());
    Applied other = history.add(History.create("/a"));
    Applied own = history.add(7, 1, History.create("/b"));
    watches.run(new Watches.Deliver(List.of(other, own)));
    assertEquals(List.of(event(other, 0), new Delivery.Completed(own)), deliveries());
    assertSame(own.tree(), published.get());
  }

  @Test
  void whoeverHasReadTheNewTreeKnowsThatAnEventIsComing() {
    register(now(), "/a", false, false);
    long before = session.announced();
    commit(History.create("/a"));
    assertEquals(before + 1, session.announced());
    assertEquals(session.announced(), inbox.getAllReceived().size());
  }

  @Test
  void whatHappenedBetweenTheReadAndTheRegistrationIsToldOnceAndUsesUpTheWatch() {
    long read = now();
    Applied first = commit(History.create("/a"));
    commit(History.set("/a"));
    register(read, "/a", false, false);
    assertEquals(List.of(registered(event(first, 0))), deliveries());
    commit(History.set("/a"));
    assertEquals(List.of(), deliveries());
  }

  @Test
  void aWatchForChildrenMissesChildrensEventsAndTheNodesEnd() {
    commit(History.create("/a"));
    long read = now();
    commit(History.set("/a"));
    register(read, "/a", true, true);
    assertEquals(List.of(registered()), deliveries());
    Applied child = commit(History.create("/a/b"));
    assertEquals(List.of(event(child, 1)), deliveries());
    commit(History.delete("/a/b"));
    read = now();
    Applied end = commit(History.delete("/a"));
    register(read, "/a", true, true);
    assertEquals(List.of(registered(event(end, 0))), deliveries());
  }

  @Test
  void ofWhatIsForgottenIsToldWhatTheNodeShows() {
    commit(History.create("/changed"));
    commit(History.create("/same"));
    commit(History.create("/gone"));
    commit(History.create("/parent"));
    long read = now();
    commit(History.set("/changed"));
    commit(History.delete("/gone"));
    commit(History.create("/parent/child"));
    commit(History.create("/new"));
    List<Operation> noise = new ArrayList<>();
    for (int i = 0; i < MORE_THAN_ARE_REMEMBERED; i++) {
      noise.add(History.set("/parent/child"));
    }
    commit(new Operation.Multi(noise));
    watches.run(new Watches.Register(session, read, List.of(
        new Watches.Watch("/changed", false, true),
        new Watches.Watch("/same", false, true),
        new Watches.Watch("/gone", false, true),
        new Watches.Watch("/parent", true, true),
        new Watches.Watch("/new", false, false),
        new Watches.Watch("/never", false, false))));
    Delivery.Registered registered = (Delivery.Registered) deliveries().getFirst();
    assertEquals(
        List.of("DATA_CHANGED /changed", "DELETED /gone", "CHILDREN_CHANGED /parent", "CREATED /new"),
        registered.missed().stream().map(each -> each.event().kind() + " " + each.event().path()).toList());
    Applied change = commit(History.set("/same"));
    assertEquals(List.of(event(change, 0)), deliveries());
  }

  @Test
  void aClientThatWasAwayIsToldWhatItMissedAndTheRestIsWatchedAgain() {
    commit(History.create("/a"));
    commit(History.create("/b"));
    long since = now();
    commit(History.set("/a"));
    commit(History.create("/b/c"));
    watches.run(new Watches.Ask(session, new ClientRequest.SetWatches(
        since, List.of("/a", "/b", "/none"), List.of("/a", "/later"), List.of("/a", "/b", "/none"), List.of("/p"),
        List.of("/r"), true)));
    assertEquals(
        List.of(
            new Delivery.MissedEvent(NodeEvent.Kind.DATA_CHANGED, "/a"),
            new Delivery.MissedEvent(NodeEvent.Kind.DELETED, "/none"),
            new Delivery.MissedEvent(NodeEvent.Kind.CREATED, "/a"),
            new Delivery.MissedEvent(NodeEvent.Kind.CHILDREN_CHANGED, "/b"),
            new Delivery.MissedEvent(NodeEvent.Kind.DELETED, "/none"),
            new Delivery.Answered(new Answer.Done(), published.get())),
        deliveries());
    for (String path : List.of("/later", "/p", "/r", "/r/below")) {
      assertEquals(List.of(event(commit(History.create(path)), 0)), deliveries(), path);
    }
    assertEquals(List.of(event(commit(History.set("/b")), 0)), deliveries());
    assertEquals(List.of(event(commit(History.create("/a/c")), 1)), deliveries());
  }

  @Test
  void watchesThatCouldNotAllBeReadAreSetAsFarAsTheyCould() {
    watches.run(new Watches.Ask(session, new ClientRequest.SetWatches(
        now(), List.of(), List.of("/a"), List.of(), List.of(), List.of(), false)));
    assertEquals(
        List.of(new Delivery.Answered(new Answer.Failed(ErrorCode.MARSHALLING_ERROR), published.get())), deliveries());
    assertEquals(Map.of("/a", List.of(7L)), summary().byPath());
  }

  @Test
  void noticesReachTheirSessionWithTheTreeOfTheirPlace() {
    watches.run(new Watches.Sync(7, 3));
    watches.run(new Watches.Refuse(7, 4, ErrorCode.THROTTLED_OP));
    watches.run(new Watches.Sync(8, 3)); // not connected here
    assertEquals(
        List.of(
            new Delivery.Synced(3, published.get()),
            new Delivery.Refused(4, ErrorCode.THROTTLED_OP, published.get())),
        deliveries());
  }

  @Test
  void nothingIsKeptForASessionWhoseConnectionHasGone() {
    register(now(), "/a", false, false);
    watches.run(new Watches.Disconnect(session));
    register(now(), "/b", false, false);
    watches.run(new Watches.Ask(session, new ClientRequest.AddWatch("/c", true)));
    assertEquals(new Watches.Summary(Map.of(), Map.of()), summary());
    inbox.getAllReceived();
    commit(history.add(7, 1, History.create("/a")));
    assertFalse(inbox.hasMessages());
  }

  @Test
  void theEndOfAnEarlierConnectionDoesNotEndTheNewer() {
    SessionHandle newer = new SessionHandle(7, inbox.getRef());
    watches.run(new Watches.Connect(newer));
    watches.run(new Watches.Disconnect(session));
    Applied own = commit(history.add(7, 1, History.create("/a")));
    assertEquals(List.of(new Delivery.Completed(own)), deliveries());
  }

  @Test
  void eventsOfNodesWithVeryLongNamesAreNotKeptForLong() {
    long before = now();
    String longName = "/" + "x".repeat(1 << 20);
    for (int i = 0; i < 3; i++) {
      commit(History.create(longName));
      commit(History.delete(longName));
    }
    inbox.getAllReceived();
    register(before, "/a", false, false); // not seen from what is kept, so from the node
    commit(History.create("/a"));
    assertTrue(inbox.hasMessages());
    assertEquals(Map.of(), summary().byPath());
  }

  @Test
  void whoWatchesWhatIsTold() {
    register(now(), "/a", false, false);
    watches.run(new Watches.Ask(session, new ClientRequest.AddWatch("/a", true)));
    register(now(), "/", true, true); // for children: ZooKeeper does not list these
    assertEquals(new Watches.Summary(Map.of(7L, List.of("/a")), Map.of("/a", List.of(7L))), summary());
    TestInbox<Integer> count = TestInbox.create();
    watches.run(new Watches.GetCount(count.getRef()));
    count.expectMessage(2);
  }

  private Watches.Summary summary() {
    TestInbox<Watches.Summary> answer = TestInbox.create();
    watches.run(new Watches.GetSummary(answer.getRef()));
    return answer.receiveMessage();
  }

  @Test
  void aSessionThatHasMovedIsSentAwayBehindAllThatItWasOwed() {
    Applied own = commit(history.add(7, 1, History.create("/a")));
    watches.run(new Watches.Moved(7));
    watches.run(new Watches.Moved(8)); // which is not connected here any more
    assertEquals(List.of(new Delivery.Completed(own), new Delivery.Moved()), deliveries());
  }

  @Test
  void sessionsAreToldWhoLeadsBehindAllThatWasCommittedBefore() {
    Leadership first = new Leadership(1, null, null);
    Leadership second = new Leadership(2, null, null);
    watches.run(new Watches.Led(first));
    watches.run(new Watches.Leaderless());
    Applied own = commit(history.add(7, 1, History.create("/a")));
    watches.run(new Watches.Led(second));
    assertEquals(
        List.of(new Delivery.Led(first), new Delivery.Leaderless(), new Delivery.Completed(own),
            new Delivery.Led(second)),
        deliveries());
  }

  @Test
  void aSessionThatBeginsIsToldWhoLeadsIfAnybodyDoes() {
    Leadership first = new Leadership(1, null, null);
    watches.run(new Watches.Led(first));
    deliveries();
    watches.run(new Watches.Connect(session));
    assertEquals(List.of(new Delivery.Led(first)), deliveries());
    watches.run(new Watches.Leaderless());
    deliveries();
    watches.run(new Watches.Connect(session));
    assertEquals(List.of(), deliveries());
  }
}
