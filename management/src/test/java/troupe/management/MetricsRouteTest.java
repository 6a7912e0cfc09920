package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.metrics.Metrics;

/** As Prometheus and others ask for it. */
class MetricsRouteTest {
  private static final String PROMETHEUS_ACCEPTS = "application/openmetrics-text;version=1.0.0;q=0.5,"
      + "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.1";

  @TempDir
  private static Path directory;

  private static NodeFixture node;

  @BeforeAll
  static void begin() throws Exception {
    node = new NodeFixture(directory, "");
    Metrics.of(node.kit.system()).proposed(3);
  }

  @AfterAll
  static void end() {
    node.close();
  }

  private static HttpResponse<byte[]> get(String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request = node.to("/metrics");
    return node.http.send(
        (headers.length == 0 ? request : request.headers(headers)).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String type(HttpResponse<?> response) {
    return response.headers().firstValue("Content-Type").orElseThrow().replace(" ", "").toLowerCase(Locale.ROOT);
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void whoSaysNothingGetsPrometheusOwnText() throws Exception {
    HttpResponse<byte[]> response = get();
    assertEquals(200, response.statusCode());
    assertEquals("text/plain;version=0.0.4;charset=utf-8", type(response));
    assertTrue(text(response).contains("\nproposal_count 3.0\n"), text(response));
  }

  @Test
  void prometheusGetsOpenMetrics() throws Exception {
    HttpResponse<byte[]> response = get("Accept", PROMETHEUS_ACCEPTS);
    assertEquals(200, response.statusCode());
    assertEquals("application/openmetrics-text;version=1.0.0;charset=utf-8", type(response));
    assertTrue(text(response).endsWith("# EOF\n"), text(response));
  }

  @Test
  void theTextIsZippedForThoseWhoWantIt() throws Exception {
    HttpResponse<byte[]> response = get("Accept-Encoding", "gzip");
    assertEquals("gzip", response.headers().firstValue("Content-Encoding").orElseThrow());
    try (GZIPInputStream zipped = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      assertTrue(new String(zipped.readAllBytes(), StandardCharsets.UTF_8).contains("\nproposal_count 3.0\n"));
    }
  }

  @Test
  void nobodyCanPutAnything() throws Exception {
    assertEquals(405, node.send(node.to("/metrics").POST(HttpRequest.BodyPublishers.ofString("x 1"))).statusCode());
  }
}
