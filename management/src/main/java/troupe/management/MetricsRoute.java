package troupe.management;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;
import troupe.metrics.Metrics;

/**
 * {@code GET /metrics}: as OpenMetrics for those who accept that, as Prometheus' own text for all others; gzipped for
 * those who want it.
 */
final class MetricsRoute extends AllDirectives {
  private static final String ACCEPT = "Accept";

  private final PrometheusRegistry registry;
  private final Executor disk;
  private final ExpositionFormatWriter openMetrics =
      OpenMetricsTextFormatWriter.builder().setCreatedTimestampsEnabled(false).build();
  private final ExpositionFormatWriter prometheus = PrometheusTextFormatWriter.create();

  MetricsRoute(ClassicActorSystemProvider system) {
    registry = Metrics.of(system).registry();
    disk = system.classicSystem().dispatchers().lookup("pekko.actor.default-blocking-io-dispatcher");
  }

  Route route() {
    return path("metrics", () -> get(() -> encodeResponse(() -> optionalHeaderValueByName(ACCEPT, accept ->
        completeWithFuture(CompletableFuture.supplyAsync(() -> scrape(accept), disk)))))); // some files are looked at
  }

  private HttpResponse scrape(Optional<String> accept) {
    ExpositionFormatWriter writer = accept.filter(openMetrics::accepts).isPresent() ? openMetrics : prometheus;
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HttpResponse.create().withEntity(ContentTypes.parse(writer.getContentType()), text.toByteArray());
  }
}
