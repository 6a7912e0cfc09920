package troupe.gateway;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.concurrent.EventExecutor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import troupe.loops.EventLoops;
import troupe.loops.EventLoops;
import troupe.metrics.Counts;
import troupe.metrics.Recent;
import troupe.metrics.Scrape;
import troupe.metrics.Source;

/** What the client port tells the metrics: its counters, and how long requests took. */
final class PortMetrics implements Source {
  private final Gateway.Port port;
  private final About about;
  private final Map<EventExecutor, RequestTimes> byLoop = new ConcurrentHashMap<>();
  private final List<LoopProbe> probes = new ArrayList<>();
  private final Recent recentReads = new Recent();
  private final Recent recentUpdates = new Recent();

  PortMetrics(Gateway.Port port, About about, EventLoops loops) {
    this.port = port;
    this.about = about;
    for (EventExecutor loop : loops.group()) {
      probes.add(new LoopProbe(loop, probes.size()));
    }
  }

  /** Where the connections of an event loop put down how long requests took. */
  RequestTimes of(EventExecutor loop) {
    return byLoop.computeIfAbsent(loop, first -> new RequestTimes());
  }

  /** What all event loops have counted of one operation. */
  private record Sums(Counts took, Counts waited, Counts served) {
    Sums plus(Sums other) {
      return new Sums(took.plus(other.took), waited.plus(other.waited), served.plus(other.served));
    }
  }

  @Override
  public void tell(Scrape scrape) {
    tellOfRequests(scrape);
    tellOfTraffic(scrape);
    probes.forEach(probe -> probe.tell(scrape));
    scrape.info("troupe_build_info", "Which version runs, and as which server of the ensemble.",
        "version", about.version(), "server", about.ensemble().self().toString());
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      scrape.gauge("open_file_descriptor_count", "Files and sockets that this process has open.",
          unix.getOpenFileDescriptorCount());
      scrape.gauge("max_file_descriptor_count", "How many it may have open.", unix.getMaxFileDescriptorCount());
    }
  }

  private void tellOfRequests(Scrape scrape) {
    Map<Integer, Sums> byOperation = new TreeMap<>();
    byLoop.values().forEach(times -> times.forEach((op, operation) -> byOperation.merge(
        op, new Sums(operation.took(), operation.waited(), operation.served()), Sums::plus)));
    Counts reads = Counts.noTimes();
    Counts updates = Counts.noTimes();
    for (Map.Entry<Integer, Sums> each : byOperation.entrySet()) {
      String operation = OpCode.name(each.getKey());
      Sums sums = each.getValue();
      scrape.seconds("troupe_request_seconds",
          "Time from the arrival of a client's request until its answer was ready, by operation.",
          sums.took(), "operation", operation);
      tellOfStage(scrape, sums.waited(), operation, "waited");
      tellOfStage(scrape, sums.served(), operation, "served");
      if (OpCode.isUpdate(each.getKey())) {
        updates = updates.plus(sums.took());
      } else {
        reads = reads.plus(sums.took());
      }
    }
    scrape.zooKeeperMillisAdvanced("readlatency", "Milliseconds that reads took, from arrival to answer.",
        reads, recentReads);
    scrape.zooKeeperMillisAdvanced("updatelatency", "Milliseconds that writes took, from arrival to answer.",
        updates, recentUpdates);
  }

  private static void tellOfStage(Scrape scrape, Counts counts, String operation, String stage) {
    scrape.seconds("troupe_request_stage_seconds",
        "The same time in its two parts. waited: until the answer before it, of the same connection, was ready, since"
            + " answers leave in the order of requests; served: the rest.",
        counts, "operation", operation, "stage", stage);
  }

  private void tellOfTraffic(Scrape scrape) {
    Traffic stats = port.stats().snapshot();
    scrape.gauge("avg_latency", "Milliseconds that requests took on average, since the start or the word srst.",
        stats.averageLatency());
    scrape.gauge("min_latency", "Milliseconds that the fastest request took.", stats.minLatency());
    scrape.gauge("max_latency", "Milliseconds that the slowest request took.", stats.maxLatency());
    scrape.gauge("packets_received", "Requests received since the start or the word srst.", stats.received());
    scrape.gauge("packets_sent", "Answers and events sent since the start or the word srst.", stats.sent());
    scrape.gauge("num_alive_connections", "Connections of clients.", port.connections().size());
    scrape.gauge("outstanding_requests", "Requests that have no answer yet.", stats.outstanding());
    scrape.zooKeeperCounter("connection_rejected", "Connections beyond those that one address may have.",
        stats.rejectedConnections());
    scrape.zooKeeperCounter("connection_request_count", "Handshakes of clients.", stats.handshakes());
    scrape.counter("troupe_malformed_requests_total",
        "Handshakes and requests that made no sense, or did not come in time.", stats.malformed());
    scrape.gauge("troupe_outstanding_writes", "Writes that have no answer yet.", port.stats().outstandingWrites());
    scrape.gauge("troupe_waiting_connections", "Connections that wait for this server to serve.", port.waiting());
  }
}
