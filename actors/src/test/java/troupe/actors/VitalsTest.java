package troupe.actors;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.metrics.Metrics;
import troupe.persistence.History;
import troupe.persistence.Snapshots;
import troupe.persistence.TransactionLog;
import troupe.session.ChangeHistory;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.DataTree;

class VitalsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ActorTestKit kit = ActorTestKit.create(
      ManualTime.config().withFallback(ConfigFactory.parseString("pekko.actor.provider = local"))
          .withFallback(ConfigFactory.load()));
  private final ManualTime time = ManualTime.get(kit.system());
  private final TestProbe<Server.Command> server = kit.createTestProbe();
  private final TestProbe<Watches.Command> watches = kit.createTestProbe();
  private final TestProbe<TransactionLog.Command> log = kit.createTestProbe();
  private final Metrics metrics = new Metrics();
  private ActorRef<Server.Service> service;

  @AfterEach
  void end() {
    kit.shutdownTestKit();
  }

  private void begin() {
    kit.spawn(Vitals.create(server.getRef(), Ensemble.alone(new ServerId(1)), metrics));
    service = server.expectMessageClass(Server.Subscribe.class).subscriber();
  }

  private void serves(Server.Mode mode) {
    service.tell(new Server.Serving(
        new Server.Office(4, mode, new ServerId(1), () -> Set.of(new ServerId(2))),
        new PublishedTree(DataTree.initial()), new ChangeHistory(1),
        kit.<Sessions.Command>createTestProbe().getRef(),
        watches.getRef(),
        kit.<SessionTracker.Command>createTestProbe().getRef(),
        kit.<Snapshots.Command>createTestProbe().getRef(),
        log.getRef()));
  }

  private List<String> scrape() {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      PrometheusTextFormatWriter.create().write(out, metrics.registry().scrape());
      return out.toString(StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitServed(String... lines) {
    server.awaitAssert(PATIENCE, () -> {
      List<String> served = scrape();
      for (String line : lines) {
        assertTrue(served.contains(line), () -> line + " is not in\n" + String.join("\n", served));
      }
      return null;
    });
  }

  @Test
  void aServerThatDoesNotServeSaysLittle() {
    begin();
    awaitServed("troupe_serving 0.0", "troupe_mode{mode=\"leader\"} 0.0", "troupe_mode{mode=\"standalone\"} 0.0");
    assertFalse(scrape().stream().anyMatch(line -> line.startsWith("znode_count")));
  }

  @Test
  void whatServesTellsOfTheTreeAndOfItsOffice() {
    begin();
    serves(Server.Mode.LEADER);
    awaitServed("troupe_serving 1.0", "troupe_mode{mode=\"leader\"} 1.0", "troupe_mode{mode=\"follower\"} 0.0",
        "troupe_epoch 4.0", "troupe_leader_id 1.0", "learners 1.0", "synced_followers 0.0", "synced_observers 1.0",
        "quorum_size 1.0", "global_sessions 0.0", "ephemerals_count 0.0",
        "znode_count " + (DataTree.initial().nodeCount() + 1) + ".0");
  }

  @Test
  void eachTimeWithoutServiceIsCountedOnce() {
    begin();
    serves(Server.Mode.FOLLOWER);
    service.tell(new Server.NotServing("it reads its log", false));
    service.tell(new Server.NotServing("it looks for a leader", false));
    awaitServed("troupe_serving 0.0");
    serves(Server.Mode.LEADER);
    awaitServed("troupe_unavailable_seconds_count 2", "unavailable_time_count 2", "leader_unavailable_time_count 1");
  }

  @Test
  void aMessageGoesThroughEachHotActorOnceASecond() {
    begin();
    serves(Server.Mode.LEADER);
    awaitServed("troupe_serving 1.0");
    time.timePasses(SECOND);
    watches.expectMessageClass(Watches.GetCount.class).replyTo().tell(17);
    log.expectMessageClass(TransactionLog.GetHistory.class).replyTo()
        .tell(new TransactionLog.Reply.TheHistory(History.EMPTY));
    awaitServed("watch_count 17.0", "troupe_mailbox_delay_seconds_count{actor=\"watches\"} 1",
        "troupe_mailbox_delay_seconds_count{actor=\"log\"} 1", "troupe_mailbox_delay_seconds_count{actor=\"core\"} 1",
        "troupe_mailbox_waiting_seconds{actor=\"log\"} 0.0");
  }

  @Test
  void whoeverDoesNotAnswerIsNotAskedAgainButTalkedAbout() {
    begin();
    serves(Server.Mode.LEADER);
    awaitServed("troupe_serving 1.0");
    time.timePasses(SECOND);
    TransactionLog.GetHistory asked = log.expectMessageClass(TransactionLog.GetHistory.class);
    time.timePasses(SECOND);
    time.timePasses(SECOND);
    log.expectNoMessage();
    assertFalse(scrape().contains("troupe_mailbox_waiting_seconds{actor=\"log\"} 0.0"));
    asked.replyTo().tell(new TransactionLog.Reply.TheHistory(History.EMPTY));
    awaitServed("troupe_mailbox_waiting_seconds{actor=\"log\"} 0.0");
    time.timePasses(SECOND);
    log.expectMessageClass(TransactionLog.GetHistory.class);
  }

  @Test
  void theRegistryOfARoleThatIsOverIsWaitedForNoMore() {
    begin();
    serves(Server.Mode.LEADER);
    awaitServed("troupe_serving 1.0");
    time.timePasses(SECOND);
    watches.expectMessageClass(Watches.GetCount.class);
    service.tell(new Server.NotServing("it looks for a leader", false));
    awaitServed("troupe_serving 0.0", "troupe_mailbox_waiting_seconds{actor=\"watches\"} 0.0");
  }
}
