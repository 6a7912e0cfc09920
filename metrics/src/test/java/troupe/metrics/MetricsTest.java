package troupe.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.Test;
import troupe.tree.NodeEvent;

class MetricsTest {
  private final Metrics metrics = new Metrics();

  private List<String> scrape() {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      PrometheusTextFormatWriter.create().write(out, metrics.registry().scrape());
      return out.toString(StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void assertServed(String... lines) {
    List<String> served = scrape();
    for (String line : lines) {
      assertTrue(served.contains(line), () -> line + " is not in\n" + String.join("\n", served));
    }
  }

  @Test
  void aSyncIsServedInSecondsAndInZooKeepersMilliseconds() {
    metrics.synced(2_000_000, 100, 3);
    metrics.synced(3_000_000, 50, 1);
    assertServed(
        "# TYPE troupe_log_sync_seconds histogram",
        "troupe_log_sync_seconds_bucket{le=\"0.001\"} 0",
        "troupe_log_sync_seconds_bucket{le=\"0.0025\"} 1",
        "troupe_log_sync_seconds_bucket{le=\"0.005\"} 2",
        "troupe_log_sync_seconds_bucket{le=\"+Inf\"} 2",
        "troupe_log_sync_seconds_count 2",
        "troupe_log_sync_seconds_sum 0.005",
        "troupe_log_sync_events_bucket{le=\"1.0\"} 1",
        "troupe_log_sync_events_sum 4.0",
        "troupe_log_written_bytes_total 150.0",
        "# TYPE fsynctime summary",
        "fsynctime{quantile=\"0.5\"} 2.0",
        "fsynctime_count 2",
        "fsynctime_sum 5.0");
  }

  @Test
  void countersThatZooKeeperHasGetNoSuffix() {
    metrics.proposed(7);
    metrics.quorumReached(900_000);
    metrics.committed(1_000_000, 7);
    metrics.learnerSynchronised(Metrics.LearnerSync.MEMORY);
    metrics.learnerSynchronised(Metrics.LearnerSync.LOG);
    metrics.learnerSynchronised(Metrics.LearnerSync.SNAPSHOT);
    metrics.sessionsExpired(2);
    assertServed(
        "proposal_count 7.0",
        "commit_count 7.0",
        "diff_count 2.0",
        "snap_count 1.0",
        "stale_sessions_expired 2.0",
        "quorum_ack_latency_count 1",
        "quorum_ack_latency_sum 0.9",
        "troupe_learner_syncs_total{how=\"memory\"} 1.0",
        "troupe_learner_syncs_total{how=\"truncate\"} 0.0",
        "troupe_commit_seconds_sum 0.001",
        "troupe_batch_transactions_sum 7.0");
  }

  @Test
  void anElectionLastsFromLookingToALeader() {
    metrics.lookingBegan();
    metrics.elected();
    metrics.availableAgain(1_500_000_000, true);
    metrics.availableAgain(500_000_000, false);
    assertServed(
        "looking_count 1.0",
        "election_time_count 1",
        "troupe_election_seconds_count 1",
        "troupe_election_seconds_bucket{le=\"10.0\"} 1",
        "troupe_unavailable_seconds_sum 2.0",
        "unavailable_time_sum 2000.0",
        "leader_unavailable_time_sum 1500.0");
  }

  @Test
  void eventsCountForThoseWhoAreToldOfThem() {
    metrics.watchesFired(NodeEvent.Kind.CREATED, 3);
    metrics.watchesFired(NodeEvent.Kind.CREATED, 0);
    metrics.watchesFired(NodeEvent.Kind.CHILDREN_CHANGED, 1);
    assertServed(
        "troupe_watches_fired_total{event=\"created\"} 3.0",
        "troupe_watches_fired_total{event=\"children\"} 1.0",
        "troupe_watches_fired_total{event=\"deleted\"} 0.0",
        "node_created_watch_count_count 1",
        "node_created_watch_count_sum 3.0",
        "node_changed_watch_count_count 0");
  }

  @Test
  void theJvmHasTheNamesOfToday_AndThoseThatZooKeepersAlertsAreWrittenFor() {
    String all = String.join("\n", scrape());
    for (String name : List.of("jvm_memory_used_bytes{area=\"heap\"}", "jvm_memory_bytes_used{area=\"heap\"}",
        "jvm_memory_bytes_max{area=\"heap\"}", "jvm_gc_collection_seconds_count{", "jvm_threads_current ",
        "process_cpu_seconds_total ", "jvm_classes_currently_loaded ")) {
      assertTrue(all.contains("\n" + name), name);
    }
  }

  @Test
  void everythingHasAHelpText() {
    List<String> served = scrape();
    served.stream().filter(line -> line.startsWith("# TYPE ")).map(line -> line.split(" ")[2]).forEach(name ->
        assertTrue(served.stream().anyMatch(line -> line.startsWith("# HELP " + name + " ")), name));
  }

  @Test
  void aSourceIsAskedUntilItIsRemoved() {
    Source source = scrape -> {
      scrape.gauge("rooms", "How many.", 12, "floor", "1");
      scrape.gauge("rooms", "How many.", 7, "floor", "2");
      scrape.info("house_info", "Which.", "street", "Main");
    };
    metrics.add(source);
    assertServed("rooms{floor=\"1\"} 12.0", "rooms{floor=\"2\"} 7.0", "house_info{street=\"Main\"} 1");
    assertThrows(IllegalArgumentException.class, () -> metrics.add(source));
    metrics.remove(source);
    metrics.remove(source);
    assertFalse(scrape().contains("rooms{floor=\"1\"} 12.0"));
  }

  @Test
  void aNameWithoutItsSuffixIsRefused() {
    metrics.add(scrape -> scrape.counter("things", "How many.", 1));
    assertThrows(IllegalArgumentException.class, this::scrape);
  }

  @Test
  void allOfItCanBeToldAsOpenMetrics() throws IOException {
    metrics.committed(1_000_000, 7);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OpenMetricsTextFormatWriter.create().write(out, metrics.registry().scrape());
    String text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("# TYPE commit_count unknown\n"), text);
    assertTrue(text.endsWith("# EOF\n"), text);
  }

  @Test
  void eachActorSystemHasItsOwn() {
    ActorSystem one = ActorSystem.create("one");
    ActorSystem two = ActorSystem.create("two");
    try {
      assertSame(Metrics.of(one), Metrics.of(one));
      assertNotSame(Metrics.of(one), Metrics.of(two));
      assertEquals(0, Metrics.of(two).registry().scrape().stream()
          .filter(family -> family.getMetadata().getName().isEmpty()).count());
    } finally {
      one.terminate();
      two.terminate();
    }
  }
}
