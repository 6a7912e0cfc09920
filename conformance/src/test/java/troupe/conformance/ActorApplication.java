package troupe.conformance;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;
import troupe.client.SessionEvent;
import troupe.client.SessionSettings;
import troupe.client.TroupeClient;

/** An application of actors in this process, whose actor system joins the cluster of some servers as a client. */
final class ActorApplication implements AutoCloseable {
  static final Duration SESSION_TIMEOUT = Duration.ofMillis(EnsembleUnderTest.LONGEST_SESSION_MILLIS);

  private final ActorSystem<Void> system;

  private ActorApplication(ActorSystem<Void> system) {
    this.system = system;
  }

  /** @param servers {@code host:port} of each */
  static ActorApplication join(String host, List<String> servers) {
    Config config = ConfigFactory.parseMap(Map.of(
        "pekko.remote.artery.canonical.hostname", host,
        "pekko.remote.artery.canonical.port", NodeSettings.freePort(),
        "troupe-client.servers", servers));
    return new ActorApplication(
        ActorSystem.create(Behaviors.empty(), "troupe", config
            .withFallback(ConfigFactory.parseResources("troupe-client.conf"))
            .withFallback(ConfigFactory.load())));
  }

  static ActorApplication join(EnsembleUnderTest ensemble) {
    return join(ensemble.clientHost(), ensemble.peerAddresses());
  }

  ActorSystem<?> system() {
    return system;
  }

  SessionSettings settings() {
    return SessionSettings.from(system.settings().config().getConfig("troupe-client")).withTimeout(SESSION_TIMEOUT)
        .withConnectTimeout(Await.LIMIT);
  }

  /** A session of its own. */
  TroupeClient open() throws Exception {
    return get(TroupeClient.open(system, settings()));
  }

  /** The address of the server that the session is with. */
  static String server(TroupeClient client) {
    return switch (client.state()) {
      case SessionEvent.Connected connected -> connected.server();
      case SessionEvent other -> "none: " + other;
    };
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return Await.get(stage.toCompletableFuture());
  }

  static ByteString bytes(String text) {
    return ByteString.fromString(text);
  }

  /** Leaves the cluster; its sessions end when they have been silent for long enough. */
  @Override
  public void close() throws Exception {
    system.terminate();
    get(system.getWhenTerminated());
  }
}
