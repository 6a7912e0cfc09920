package troupe.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import troupe.metrics.Metrics;
import troupe.session.Answer;
import troupe.session.ClientRequest;

class AnswerTimesTest {
  private static final PortFixture FIXTURE = new PortFixture();
  private static final long MILLI = 1_000_000;
  private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 4711);
  private static final ClientRequest READ = new ClientRequest.GetData("/slow", false);

  private final Gateway.Port port = FIXTURE.port();
  private final ConnectionStats stats = new ConnectionStats();
  private final PendingRequests pending = new PendingRequests();
  private final AnswerTimes times = new AnswerTimes(port, stats, () -> this.now);
  private final RequestTimes ofLoop = new RequestTimes();
  private final List<SlowRequest> slow = new ArrayList<>();
  private long now = -7 * MILLI; // where such a clock begins means nothing

  @BeforeEach
  void begin() {
    stats.begin(CLIENT);
    times.begin(ofLoop);
  }

  @AfterAll
  static void end() {
    FIXTURE.close();
  }

  private void arrives(int op) {
    pending.add(1, op, now, new Object(), READ);
  }

  private void passes(long millis) {
    now += millis * MILLI;
  }

  private void answered() {
    times.answered(pending, 0x77);
    pending.remove();
  }

  private record Sums(long number, double took, double waited, double served) {}

  private Sums of(int op) {
    List<Sums> found = new ArrayList<>();
    ofLoop.forEach((code, operation) -> {
      if (code == op) {
        found.add(new Sums(operation.took().total(), operation.took().sum() / MILLI,
            operation.waited().sum() / MILLI, operation.served().sum() / MILLI));
      }
    });
    return found.getFirst();
  }

  @Test
  void aRequestAloneDoesNotWait() {
    passes(1000);
    arrives(OpCode.GET_DATA);
    passes(3);
    answered();
    assertEquals(new Sums(1, 3, 0, 3), of(OpCode.GET_DATA));
  }

  @Test
  void aRequestWaitsForTheAnswerBeforeItOfItsConnection() {
    arrives(OpCode.SET_DATA);
    passes(1);
    arrives(OpCode.GET_DATA);
    passes(9);
    answered();
    passes(2);
    answered();
    assertEquals(new Sums(1, 10, 0, 10), of(OpCode.SET_DATA));
    assertEquals(new Sums(1, 11, 9, 2), of(OpCode.GET_DATA));
  }

  @Test
  void theEndOfASessionIsAnOperationToo() {
    arrives(OpCode.CLOSE_SESSION);
    passes(4);
    answered();
    assertEquals(new Sums(1, 4, 0, 4), of(OpCode.CLOSE_SESSION));
  }

  @Test
  void thePortsCountersAreToldOfAllThatLeaveTogether() {
    arrives(OpCode.PING);
    arrives(OpCode.PING);
    port.stats().received(2);
    passes(6);
    answered();
    passes(4);
    answered();
    assertEquals(2, port.stats().snapshot().outstanding());
    assertEquals(2, times.tell());
    assertEquals(0, times.tell());
    Traffic now = port.stats().snapshot();
    assertEquals(0, now.outstanding());
    assertEquals(6, now.minLatency());
    assertEquals(8.0, now.averageLatency());
    assertEquals(10, now.maxLatency());
  }

  @Test
  void whoWantsToHearOfSlowRequestsHearsOfThoseOnly() {
    port.onSlow(Duration.ofMillis(5), slow::add);
    stats.opened(0x500, 4000);
    arrives(OpCode.GET_DATA);
    passes(2);
    arrives(OpCode.GET_DATA);
    passes(2);
    answered();
    assertEquals(List.of(), slow);
    passes(3);
    answered();
    assertEquals(List.of(new SlowRequest(OptionalLong.of(0x500), CLIENT, "getData", READ, 0x77,
        Duration.ofMillis(5), Duration.ofMillis(2))), slow);
  }

  @Test
  void whatAConnectionAnswersIsServed() throws IOException {
    Metrics metrics = new Metrics();
    metrics.add(port.metrics());
    ClientSide client = new ClientSide(port).open();
    client.send(ClientSide.ping(1));
    client.send(ClientSide.delete(2, "/a"));
    client.connection.answer(1, new Answer.Done());
    client.connection.flush();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(text, metrics.registry().scrape());
    List<String> served = text.toString(StandardCharsets.UTF_8).lines().toList();
    for (String line : List.of(
        "troupe_request_seconds_count{operation=\"ping\"} 1",
        "troupe_request_stage_seconds_count{operation=\"ping\",stage=\"waited\"} 1",
        "troupe_request_stage_seconds_count{operation=\"ping\",stage=\"served\"} 1",
        "readlatency_count 1",
        "updatelatency_count 0",
        "num_alive_connections 1.0",
        "outstanding_requests 1.0",
        "packets_received 2.0",
        "packets_sent 1.0",
        "connection_request_count 1.0",
        "troupe_outstanding_writes 1.0",
        "troupe_event_loop_delay_seconds_count{loop=\"0\"} 0",
        "troupe_build_info{server=\"5\",version=\"1.2.3\"} 1")) {
      assertTrue(served.contains(line), () -> line + " is not in\n" + String.join("\n", served));
    }
    client.channel.close();
  }
}
