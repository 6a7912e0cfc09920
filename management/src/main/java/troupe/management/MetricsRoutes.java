package troupe.management;

import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.management.javadsl.ManagementRouteProvider;
import org.apache.pekko.management.javadsl.ManagementRouteProviderSettings;

/** Our routes beside those of Pekko Management, which makes this by its name in the configuration. */
public final class MetricsRoutes implements ManagementRouteProvider {
  private final MetricsRoute metrics;

  public MetricsRoutes(ExtendedActorSystem system) {
    metrics = new MetricsRoute(system);
  }

  @Override
  public Route routes(ManagementRouteProviderSettings settings) {
    return metrics.route();
  }
}
