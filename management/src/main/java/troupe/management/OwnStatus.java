package troupe.management;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import troupe.actors.Server;
import troupe.ensemble.ServerId;
import troupe.gateway.Traffic;
import troupe.management.wire.NodeStatusMessage;
import troupe.tree.DataTree;

/** How this node is, at the moment. Asks the disk, which may take a moment. */
final class OwnStatus {
  private OwnStatus() {}

  static NodeStatusMessage of(NodeState state) {
    ManagedNode node = state.node();
    NodeState.Condition condition = state.condition();
    Runtime runtime = Runtime.getRuntime();
    Traffic traffic = node.port().traffic();
    NodeStatusMessage.Builder status = NodeStatusMessage.newBuilder()
        .setId(node.ensemble().self().value())
        .setVersion(node.version())
        .setSince(condition.since().toEpochMilli())
        .setStartedAt(state.startedAt().toEpochMilli())
        .setConnections(node.port().clients().size())
        .setOutstanding(traffic.outstanding())
        .setReceived(traffic.received())
        .setSent(traffic.sent())
        .setMinLatency(traffic.minLatency())
        .setAverageLatency(traffic.averageLatency())
        .setMaxLatency(traffic.maxLatency())
        .setHeapUsedBytes(runtime.totalMemory() - runtime.freeMemory())
        .setHeapMaxBytes(runtime.maxMemory())
        .setCpuLoad(cpuLoad())
        .setDiskFreeBytes(diskFree(node))
        .setLogBytes(node.journal().size())
        .setClientPort(node.port().address().getPort());
    switch (condition.service()) {
      case Server.NotServing not -> status.setWhy(not.why());
      case Server.Serving serving -> add(serving, status);
    }
    return status.build();
  }

  private static void add(Server.Serving serving, NodeStatusMessage.Builder status) {
    DataTree tree = serving.published().get();
    List<Integer> inStep = serving.office().inStep().get().stream().map(ServerId::value).sorted().toList();
    status
        .setMode(serving.office().mode().name().toLowerCase(Locale.ROOT))
        .setEpoch(serving.office().epoch())
        .setLeader(serving.office().leader().value())
        .setZxid(tree.lastZxidNumber())
        .setDigest(tree.digest())
        .setZnodes(tree.nodeCount())
        .setSessions(tree.sessionCount())
        .setEphemerals(tree.ephemeralCount())
        .setDataBytes(tree.dataSize())
        .addAllInStep(inStep);
  }

  /** 0 to 1, of all processors; 0 where it is not known. */
  private static double cpuLoad() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? Math.max(0, system.getProcessCpuLoad())
        : 0;
  }

  private static long diskFree(ManagedNode node) {
    try {
      return Files.getFileStore(node.logDirectory()).getUsableSpace();
    } catch (IOException e) {
      return 0; // a figure for people; a disk that fails is told of by those who write to it
    }
  }
}
