package troupe.management;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.management.wire.NodeStatusMessage;

/** {@code /troupe/ensemble}: all servers, as far as they can be asked. */
record EnsembleView(int self, List<ServerView> servers, List<ElectionView> elections) {
  /**
   * @param weight of its vote; none: it does not vote
   * @param group the number of those voters with whom it is in one group; none: there are no groups
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
      Optional<Integer> weight,
      Optional<Integer> group,
      boolean reached,
      Optional<Instant> heardAt,
      Optional<Boolean> inStep,
      Optional<Long> lag,
      Optional<StatusView> status) {}

  /**
   * How one server is, or was when it was last heard of. Counters are since its start. What is in its tree, and where
   * in the history that is, nobody knows of a server that does not serve.
   */
  record StatusView(
      String version,
      Optional<String> mode,
      boolean serving,
      Optional<String> why,
      Instant since,
      Instant startedAt,
      Optional<Long> epoch,
      Optional<Integer> leader,
      Optional<String> zxid,
      Optional<String> digest,
      Optional<Long> znodes,
      Optional<Long> sessions,
      Optional<Long> ephemerals,
      Optional<Long> dataBytes,
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
            .map(member -> server(member, ensemble.quorum(), survey, leader))
            .toList(),
        state.elections().stream()
            .map(e -> new ElectionView(e.endedAt(), e.unavailable().toMillis(), e.epoch(), e.leader()))
            .toList());
  }

  private static ServerView server(
      Ensemble.Member member, Quorum quorum, Monitor.Survey survey, Optional<NodeStatusMessage> leader) {
    int id = member.id().value();
    Optional<Monitor.Heard> heard = Optional.ofNullable(survey.nodes().get(id));
    Optional<NodeStatusMessage> now = survey.reached(id);
    return new ServerView(
        id,
        member.host(),
        member.port(),
        member.lifeLinePort(),
        member.role().name().toLowerCase(Locale.ROOT),
        weight(quorum, member.id()),
        group(quorum, member.id()),
        now.isPresent(),
        heard.map(Monitor.Heard::at),
        leader.map(of -> of.getId() == id || of.getInStepList().contains(id)),
        now.flatMap(status -> leader.flatMap(of -> lag(status, of))),
        heard.map(each -> of(each.status())));
  }

  private static Optional<Integer> weight(Quorum quorum, ServerId id) {
    return switch (quorum) {
      case Quorum.Majority majority -> majority.voters().contains(id) ? Optional.of(1) : Optional.empty();
      case Quorum.Weighted weighted -> Optional.ofNullable(weighted.weights().get(id));
      case Quorum.Hierarchical groups -> groups.groups().stream().flatMap(group -> weight(group, id).stream()).findAny();
    };
  }

  private static Optional<Integer> group(Quorum quorum, ServerId id) {
    return quorum instanceof Quorum.Hierarchical hierarchical
        ? IntStream.range(0, hierarchical.groups().size())
            .filter(at -> hierarchical.groups().get(at).voters().contains(id))
            .mapToObj(at -> at + 1)
            .findAny()
        : Optional.empty();
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
    Optional<NodeStatusMessage> serving = Optional.of(status).filter(each -> !each.getMode().isEmpty());
    return new StatusView(
        status.getVersion(),
        serving.map(NodeStatusMessage::getMode),
        serving.isPresent(),
        Optional.of(status.getWhy()).filter(why -> !why.isEmpty()),
        Instant.ofEpochMilli(status.getSince()),
        Instant.ofEpochMilli(status.getStartedAt()),
        serving.map(NodeStatusMessage::getEpoch),
        serving.map(NodeStatusMessage::getLeader),
        serving.map(NodeStatusMessage::getZxid).map(Json::hex),
        serving.map(NodeStatusMessage::getDigest).map(String::valueOf),
        serving.map(NodeStatusMessage::getZnodes),
        serving.map(NodeStatusMessage::getSessions),
        serving.map(NodeStatusMessage::getEphemerals),
        serving.map(NodeStatusMessage::getDataBytes),
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
