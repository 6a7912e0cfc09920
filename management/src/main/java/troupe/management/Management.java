package troupe.management;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.HttpsConnectionContext;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.ServerBuilder;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.management.javadsl.PekkoManagement;
import org.apache.pekko.stream.javadsl.Flow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pekko Management HTTP for one node. What it answers is in {@link Routes}. */
public final class Management {
  private static final Logger LOG = LoggerFactory.getLogger(Management.class);
  private static final Duration FINISH = Duration.ofSeconds(4); // for requests under way; the phase itself ends after 5 s

  /**
   * Pekko HTTP does not tell when the last answer has reached its socket, only that it is on its way to the actor which
   * writes there; on a busy machine the end of the actor system would overtake it.
   */
  private static final Executor AFTER_THE_SOCKETS = CompletableFuture.delayedExecutor(250, TimeUnit.MILLISECONDS);

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
      ActorSystem<?> system, ManagedNode node, ManagementSettings settings) {
    NodeState.of(system).follow(system, node, settings);
    if (settings.openReading() && !settings.isLocal()) {
      LOG.warn("whoever reaches {}:{} may read everything in the tree: set troupe.management.open-reading = false,"
          + " or troupe.management.host = 127.0.0.1", settings.host(), settings.port());
    }
    if (settings.tls().isEmpty() && !settings.isLocal() && !settings.accounts().isEmpty()) {
      LOG.warn("passwords and tokens cross the network as they are: set troupe.management.tls.key-store");
    }
    return begin(system, settings).handle((uri, failure) -> {
      if (failure == null) {
        return Optional.of(uri);
      }
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      LOG.warn("no management on {}:{}, clients are served all the same: {}. Is the port taken? "
          + "Choose another troupe.management.port", settings.host(), settings.port(), cause.getMessage());
      return Optional.<Uri>empty();
    });
  }

  /** Not by Pekko Management's own start: a stop would cut off its answers, such as that of a restore. */
  private static CompletionStage<Uri> begin(ActorSystem<?> system, ManagementSettings settings) {
    Conversations conversations = new Conversations(PekkoManagement.get(system).getRoutes().handler(system));
    ServerBuilder port = Http.get(system).newServerAt(settings.host(), settings.port());
    ServerBuilder secured = settings.tls().map(tls -> port.enableHttps(https(tls))).orElse(port);
    return secured.bindFlow(Flow.fromGraph(conversations)).thenApply(bound -> {
      stopInOrder(system, bound, conversations);
      return Uri.create(settings.tls().isPresent() ? "https:" : "http:")
          .host(settings.host()).port(bound.localAddress().getPort());
    });
  }

  private static void stopInOrder(ActorSystem<?> system, ServerBinding bound, Conversations conversations) {
    CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
    shutdown.addTask(CoordinatedShutdown.PhaseServiceUnbind(), "close-management-port", bound::unbind);
    shutdown.addTask(CoordinatedShutdown.PhaseServiceRequestsDone(), "answer-management-requests", () ->
        conversations.end().toCompletableFuture().completeOnTimeout(null, FINISH.toMillis(), TimeUnit.MILLISECONDS)
            .thenApplyAsync(ended -> Done.done(), AFTER_THE_SOCKETS));
  }

  /**
   * Whether the key store can be read, which is better known before anything runs.
   *
   * @throws IllegalArgumentException if it cannot
   */
  public static void check(ManagementSettings settings) {
    settings.tls().ifPresent(Management::https);
  }

  private static HttpsConnectionContext https(ManagementSettings.Tls tls) {
    try {
      char[] password = tls.password().toCharArray();
      KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(KeyStore.getInstance(existing(tls.keyStore()).toFile(), password), password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return ConnectionContext.httpsServer(context);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("troupe.management.tls.key-store = " + tls.keyStore() + ": " + e.getMessage()
          + ". A PKCS #12 file with the certificate and its key is needed, and its password in"
          + " troupe.management.tls.key-store-password");
    }
  }

  private static Path existing(Path file) throws IOException {
    if (!file.toFile().isFile()) {
      throw new IOException("there is no such file");
    }
    return file;
  }
}
