package troupe.management;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.management.javadsl.PekkoManagement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.actors.Server;

/** Pekko Management HTTP for one node: {@code /alive}, {@code /ready}, {@code /cluster/members}. */
public final class Management {
  private static final Logger LOG = LoggerFactory.getLogger(Management.class);

  private Management() {}

  /** To be merged into the actor system's configuration. */
  public static Config config(ManagementSettings settings) {
    return ConfigFactory.parseMap(Map.of(
        "pekko.management.http.hostname", settings.host(),
        "pekko.management.http.bind-hostname", settings.host(),
        "pekko.management.http.port", settings.port(),
        "pekko.management.http.bind-port", settings.port()));
  }

  /**
   * Begins to listen. A node without its management port still serves clients, so a failure is a warning.
   *
   * @return where it listens, empty if it does not
   */
  public static CompletionStage<Optional<Uri>> start(
      ActorSystem<?> system, ActorRef<Server.Command> server, ManagementSettings settings) {
    ServiceState.of(system).follow(system, server);
    return PekkoManagement.get(system).start().handle((uri, failure) -> {
      if (failure == null) {
        return Optional.of(uri);
      }
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      LOG.warn("no management on {}:{}, clients are served all the same: {}. Is the port taken? "
          + "Choose another troupe.management.port", settings.host(), settings.port(), cause.getMessage());
      return Optional.<Uri>empty();
    });
  }
}
