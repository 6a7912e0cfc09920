package troupe.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import troupe.tree.NodeEvent;

/**
 * What happens in one server, counted and timed: one for each actor system. The rooms at the bottom call a method for
 * each thing that happens, which never waits and changes nothing for them; rooms above add a {@link Source}.
 *
 * <p>Each method is called by one thread at a time, those of the log, the leader, the registry of watches.
 */
public final class Metrics implements Extension {
  private static final Id ID = new Id();

  /** How a learner is brought to where the leader is. */
  public enum LearnerSync {
    /** What it missed is in the leader's memory. [DIFF] */
    MEMORY,
    /** It is read from the leader's log. [DIFF] */
    LOG,
    /** It has to give up what was never committed. [TRUNC] */
    TRUNCATE,
    /** It gets a snapshot. [SNAP] */
    SNAPSHOT
  }

  private final Map<Source, MultiCollector> collectors = new ConcurrentHashMap<>();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private boolean complete;

  // The log.
  private final Timing logSyncs = new Timing();
  private final Distribution logSyncEvents = Distribution.ofSizes();
  private final LongAdder logBytes = new LongAdder();
  private final Timing snapshots = new Timing();
  private final LongAdder snapshotFailures = new LongAdder();
  private final Timing recoveries = new Timing();

  // The leader.
  private final Distribution batches = Distribution.ofSizes();
  private final Recent recentBatches = new Recent();
  private final Timing quorums = new Timing();
  private final Timing commits = new Timing();
  private final LongAdder committed = new LongAdder();
  private final LongAdder[] learnerSyncs = adders(LearnerSync.values().length);
  private final LongAdder expiredSessions = new LongAdder();

  // Any server.
  private final LongAdder applied = new LongAdder();
  private final LongAdder lookings = new LongAdder();
  private final Timing elections = new Timing();
  private final Timing unavailable = new Timing();
  private final Timing unavailableLeader = new Timing();
  private final Distribution[] fired = distributions(NodeEvent.Kind.values().length);
  private final Recent[] recentlyFired = recents(NodeEvent.Kind.values().length);
  private volatile long lookingSince;

  /** Of no actor system, as tests want it. */
  public Metrics() {}

  public static Metrics of(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /** The log has written events and waited for the disk. */
  public void synced(long nanos, long bytes, int events) {
    logSyncs.record(nanos);
    logSyncEvents.record(events);
    logBytes.add(bytes);
  }

  public void snapshotWritten(long nanos) {
    snapshots.record(nanos);
  }

  public void snapshotFailed() {
    snapshotFailures.increment();
  }

  /** The tree has been made from snapshot and log. */
  public void recovered(long nanos) {
    recoveries.record(nanos);
  }

  /** The leader has proposed a batch. */
  public void proposed(int transactions) {
    batches.record(transactions);
  }

  /** A quorum has a batch on its disks, so long after it was proposed. */
  public void quorumReached(long nanos) {
    quorums.record(nanos);
  }

  /** The leader has committed a batch, so long after it was proposed. */
  public void committed(long nanos, int transactions) {
    commits.record(nanos);
    committed.add(transactions);
  }

  /** A learner is about to be brought to where the leader is. */
  public void learnerSynchronised(LearnerSync how) {
    learnerSyncs[how.ordinal()].increment();
  }

  /** Sessions were silent for too long; the leader ends them. */
  public void sessionsExpired(int sessions) {
    expiredSessions.add(sessions);
  }

  /** This server has applied what was committed. */
  public void applied(int transactions) {
    applied.add(transactions);
  }

  /** This server begins to look for a leader. */
  public void lookingBegan() {
    lookings.increment();
    lookingSince = System.nanoTime();
  }

  /** It has found one, which may be itself. */
  public void elected() {
    elections.record(System.nanoTime() - lookingSince);
  }

  /**
   * Clients are let in again.
   *
   * @param nanos how long they were not
   * @param leading whether this server leads now
   */
  public void availableAgain(long nanos, boolean leading) {
    unavailable.record(nanos);
    if (leading) {
      unavailableLeader.record(nanos);
    }
  }

  /** So many sessions are told of an event, once each. */
  public void watchesFired(NodeEvent.Kind event, int sessions) {
    if (sessions > 0) {
      fired[event.ordinal()].record(sessions);
    }
  }

  /** From now on this is asked at each scrape too. */
  public void add(Source source) {
    MultiCollector collector = () -> {
      Scrape scrape = new Scrape();
      source.tell(scrape);
      return scrape.snapshots();
    };
    if (collectors.putIfAbsent(source, collector) != null) {
      throw new IllegalArgumentException(source + " is asked already");
    }
    registry.register(collector);
  }

  /** And from now on it is not. */
  public void remove(Source source) {
    MultiCollector collector = collectors.remove(source);
    if (collector != null) {
      registry.unregister(collector);
    }
  }

  /** What is to be served, with what the JVM has to tell. */
  public synchronized PrometheusRegistry registry() {
    if (!complete) { // a simulation makes thousands of these, and serves none
      add(this::tell);
      Jvm.register(this, registry);
      complete = true;
    }
    return registry;
  }

  private void tell(Scrape scrape) {
    tellOfTheLog(scrape);
    tellOfTheLeader(scrape);
    tellOfElections(scrape);
    tellOfWatches(scrape);
  }

  private void tellOfTheLog(Scrape scrape) {
    scrape.seconds("troupe_log_sync_seconds",
        "Time that one write of the log took, with its fsync.", logSyncs.counts());
    scrape.sizes("troupe_log_sync_events",
        "Events, each a batch of transactions or a small change of state, that one fsync of the log was for.",
        logSyncEvents.counts());
    scrape.counter("troupe_log_written_bytes_total", "Bytes of events that were written to the log.", logBytes.sum());
    scrape.seconds("troupe_snapshot_seconds", "Time that writing a snapshot took.", snapshots.counts());
    scrape.counter("troupe_snapshot_failures_total",
        "Snapshots that could not be written. The log keeps everything until one can.", snapshotFailures.sum());
    scrape.seconds("troupe_recovery_seconds",
        "Time that making the tree from snapshot and log took, before this server looked for a leader.",
        recoveries.counts());
    scrape.zooKeeperMillis("fsynctime", "Milliseconds that one fsync of the log took.",
        logSyncs.counts(), logSyncs.recent());
    scrape.zooKeeperMillis("snapshottime", "Milliseconds that writing a snapshot took.",
        snapshots.counts(), snapshots.recent());
    scrape.zooKeeperCounter("snapshot_error_count", "Snapshots that could not be written.", snapshotFailures.sum());
    scrape.zooKeeperMillis("dbinittime", "Milliseconds that recovery from snapshot and log took.",
        recoveries.counts(), recoveries.recent());
  }

  private void tellOfTheLeader(Scrape scrape) {
    Counts proposed = batches.counts();
    scrape.sizes("troupe_batch_transactions",
        "Transactions in one batch: what this server, leading, proposed in one go.", proposed);
    scrape.seconds("troupe_quorum_seconds",
        "At the leader: time from proposing a batch until a quorum had it on disk.", quorums.counts());
    scrape.seconds("troupe_commit_seconds",
        "At the leader: time from proposing a batch until it was committed, in order.", commits.counts());
    scrape.counter("troupe_transactions_applied_total",
        "Transactions that this server applied to the tree its clients read, leading or not.", applied.sum());
    for (LearnerSync how : LearnerSync.values()) {
      scrape.counter("troupe_learner_syncs_total",
          "At the leader: how learners were brought up to date. memory and log are ZooKeeper's DIFF, truncate its TRUNC,"
              + " snapshot its SNAP.",
          syncs(how), "how", how.name().toLowerCase(Locale.ROOT));
    }
    scrape.counter("troupe_sessions_expired_total",
        "At the leader: sessions that were ended because they were silent for too long.", expiredSessions.sum());
    scrape.zooKeeperCounter("proposal_count", "Transactions that this server proposed as the leader.", proposed.sum());
    scrape.zooKeeperCounter("commit_count", "Transactions that this server committed as the leader.", committed.sum());
    scrape.zooKeeperSizes("sync_processor_batch_size", "Transactions in one batch.", proposed, recentBatches);
    scrape.zooKeeperMillisAdvanced("quorum_ack_latency",
        "Milliseconds from proposing a batch until a quorum had it on disk.", quorums.counts(), quorums.recent());
    scrape.zooKeeperCounter("diff_count", "Learners that were sent what they had missed.",
        syncs(LearnerSync.MEMORY) + syncs(LearnerSync.LOG));
    scrape.zooKeeperCounter("snap_count", "Learners that were sent a snapshot.", syncs(LearnerSync.SNAPSHOT));
    scrape.zooKeeperCounter("stale_sessions_expired", "Sessions that were ended for their silence.",
        expiredSessions.sum());
  }

  private long syncs(LearnerSync how) {
    return learnerSyncs[how.ordinal()].sum();
  }

  private void tellOfElections(Scrape scrape) {
    scrape.counter("troupe_lookings_total", "Times that this server began to look for a leader.", lookings.sum());
    scrape.seconds("troupe_election_seconds",
        "Time from beginning to look for a leader until one was elected, as this server saw it.", elections.counts());
    scrape.seconds("troupe_unavailable_seconds",
        "Time for which this server let no clients in, once it lets them in again: starting, electing, being brought up"
            + " to date.", unavailable.counts());
    scrape.zooKeeperCounter("looking_count", "Times that this server began to look for a leader.", lookings.sum());
    scrape.zooKeeperMillis("election_time", "Milliseconds from looking for a leader until one was elected.",
        elections.counts(), elections.recent());
    scrape.zooKeeperMillis("unavailable_time", "Milliseconds for which this server let no clients in.",
        unavailable.counts(), unavailable.recent());
    scrape.zooKeeperMillis("leader_unavailable_time",
        "Milliseconds for which this server let no clients in before it led.",
        unavailableLeader.counts(), unavailableLeader.recent());
  }

  private void tellOfWatches(Scrape scrape) {
    for (NodeEvent.Kind kind : NodeEvent.Kind.values()) {
      Counts counts = fired[kind.ordinal()].counts();
      String event = switch (kind) {
        case CREATED -> "created";
        case DELETED -> "deleted";
        case DATA_CHANGED -> "changed";
        case CHILDREN_CHANGED -> "children";
      };
      scrape.counter("troupe_watches_fired_total",
          "Events that sessions of this server were told because of their watches.", counts.sum(), "event", event);
      scrape.zooKeeperSizes("node_" + event + "_watch_count", "Sessions that one event was told to.",
          counts, recentlyFired[kind.ordinal()]);
    }
  }

  private static LongAdder[] adders(int number) {
    LongAdder[] adders = new LongAdder[number];
    Arrays.setAll(adders, i -> new LongAdder());
    return adders;
  }

  private static Distribution[] distributions(int number) {
    Distribution[] distributions = new Distribution[number];
    Arrays.setAll(distributions, i -> Distribution.ofSizes());
    return distributions;
  }

  private static Recent[] recents(int number) {
    Recent[] recents = new Recent[number];
    Arrays.setAll(recents, i -> new Recent());
    return recents;
  }

  private static final class Id extends AbstractExtensionId<Metrics> {
    @Override
    public Metrics createExtension(ExtendedActorSystem system) {
      return new Metrics();
    }
  }
}
