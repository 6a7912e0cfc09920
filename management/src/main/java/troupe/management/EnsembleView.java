package troupe.management;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Zxid;
import troupe.management.wire.NodeStatusMessage;

/** {@code /troupe/ensemble}: all servers, as far as they can be asked. */
record EnsembleView(int self, List<ServerView> servers, List<ElectionView> elections) {
  /**
   * @param reached whether it has answered just now
   * @param heardAt when it last did
   * @param inStep whether it follows the leader closely, as the leader says
   * @param lag transactions behind the leader, if both are in the same epoch
   */
  record ServerView(
      int id,
      String host,
      int port,
      int lifeLinePort,
      String role,
      boolean reached,
      Optional<Instant> heardAt,
      Optional<Boolean> inStep,
      Optional<Long> lag,
      Optional<StatusView> status) {}

  /** How one server is, or was when it was last heard of. Counters are since its start. */
  record StatusView(
      String version,
      Optional<String> mode,
      boolean serving,
      Optional<String> why,
      Instant since,
      Instant startedAt,
      long epoch,
      Optional<Integer> leader,
      String zxid,
      String digest,
      long znodes,
      long sessions,
      long ephemerals,
      long dataBytes,
      long connections,
      long outstanding,
      long received,
      long sent,
      LatencyView latencyMillis,
      long heapUsedBytes,
      long heapMaxBytes,
      double cpuLoad,
      long diskFreeBytes,
      long logBytes,
      int clientPort) {}

  record LatencyView(long min, double avg, long max) {}

  /** @param unavailableMillis how long clients could not be served before it */
  record ElectionView(Instant endedAt, long unavailableMillis, long epoch, int leader) {}

  static EnsembleView of(NodeState state, Monitor.Survey survey) {
    Ensemble ensemble = state.node().ensemble();
    Optional<NodeStatusMessage> leader = survey.nodes().keySet().stream()
        .flatMap(id -> survey.reached(id).stream())
        .filter(status -> status.getLeader() == status.getId())
        .max(Comparator.comparingLong(NodeStatusMessage::getEpoch));
    return new EnsembleView(
        ensemble.self().value(),
        ensemble.members().stream()
            .sorted(Comparator.comparing(Ensemble.Member::id))
            .map(member -> server(member, survey, leader))
            .toList(),
        state.elections().stream()
            .map(e -> new ElectionView(e.endedAt(), e.unavailable().toMillis(), e.epoch(), e.leader()))
            .toList());
  }

  private static ServerView server(Ensemble.Member member, Monitor.Survey survey, Optional<NodeStatusMessage> leader) {
    int id = member.id().value();
    Optional<Monitor.Heard> heard = Optional.ofNullable(survey.nodes().get(id));
    Optional<NodeStatusMessage> now = survey.reached(id);
    return new ServerView(
        id,
        member.host(),
        member.port(),
        member.lifeLinePort(),
        member.role().name().toLowerCase(Locale.ROOT),
        now.isPresent(),
        heard.map(Monitor.Heard::at),
        leader.map(of -> of.getId() == id || of.getInStepList().contains(id)),
        now.flatMap(status -> leader.flatMap(of -> lag(status, of))),
        heard.map(each -> of(each.status())));
  }

  /** Two servers are never asked at the very same moment: whoever seems to be ahead is not behind. */
  private static Optional<Long> lag(NodeStatusMessage status, NodeStatusMessage leader) {
    return status.getMode().isEmpty() || status.getEpoch() != leader.getEpoch()
        ? Optional.empty()
        : Optional.of(Math.max(0, Zxid.of(leader.getZxid()).counter() - counter(status, leader)));
  }

  private static long counter(NodeStatusMessage status, NodeStatusMessage leader) {
    Zxid own = Zxid.of(status.getZxid());
    return own.epoch() == Zxid.of(leader.getZxid()).epoch() ? own.counter() : 0;
  }

  static StatusView of(NodeStatusMessage status) {
    return new StatusView(
        status.getVersion(),
        Optional.of(status.getMode()).filter(mode -> !mode.isEmpty()),
        !status.getMode().isEmpty(),
        Optional.of(status.getWhy()).filter(why -> !why.isEmpty()),
        Instant.ofEpochMilli(status.getSince()),
        Instant.ofEpochMilli(status.getStartedAt()),
        status.getEpoch(),
        status.getLeader() == 0 ? Optional.empty() : Optional.of(status.getLeader()),
        Json.hex(status.getZxid()),
        String.valueOf(status.getDigest()),
        status.getZnodes(),
        status.getSessions(),
        status.getEphemerals(),
        status.getDataBytes(),
        status.getConnections(),
        status.getOutstanding(),
        status.getReceived(),
        status.getSent(),
        new LatencyView(status.getMinLatency(), status.getAverageLatency(), status.getMaxLatency()),
        status.getHeapUsedBytes(),
        status.getHeapMaxBytes(),
        status.getCpuLoad(),
        status.getDiskFreeBytes(),
        status.getLogBytes(),
        status.getClientPort());
  }
}
