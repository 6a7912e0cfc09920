package troupe.management;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.http.javadsl.model.Uri;
import troupe.actors.Server;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.gateway.About;
import troupe.gateway.Gateway;
import troupe.gateway.GatewaySettings;
import troupe.loops.EventLoops;
import troupe.persistence.JournalStore;
import troupe.persistence.JournalStores;

/** A node with a real port, log and management, whose server is played by the test. */
final class NodeFixture implements AutoCloseable {
  static final String HOST = "127.0.0.1";
  static final Duration PATIENCE = Duration.ofSeconds(20);

  final ActorTestKit kit;
  final TestProbe<Server.Command> server;
  final EventLoops loops = new EventLoops(1);
  final Gateway.Port port;
  final JournalStore journal;
  final Optional<Uri> address;
  final AtomicBoolean begunAgain = new AtomicBoolean();
  final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final TestProbe<Object> patient;

  /** @param settings of the block {@code troupe.management} that differ from the packaged ones */
  NodeFixture(Path directory, String settings) throws Exception {
    this(directory, settings, Ensemble.alone(new ServerId(1)));
  }

  NodeFixture(Path directory, String settings, Ensemble ensemble) throws Exception {
    Config config = ConfigFactory.parseMap(Map.of(
            "troupe.persistence.data-dir", directory.toString(),
            "troupe.client.port", 0,
            "troupe.client.host", HOST,
            "troupe.management.port", 0,
            "pekko.remote.artery.canonical.hostname", HOST,
            "pekko.remote.artery.canonical.port", 0));
    Config all = ConfigFactory.parseString("troupe.management {" + settings + "}").withFallback(config)
        .withFallback(ConfigFactory.load());
    ManagementSettings management = ManagementSettings.from(all.getConfig("troupe.management"));
    kit = ActorTestKit.create(loops.config().withFallback(Management.config(management)).withFallback(all));
    server = kit.createTestProbe();
    patient = kit.createTestProbe();
    journal = JournalStores.of(kit.system()).journal();
    Config troupe = all.getConfig("troupe");
    port = Gateway.open(kit.system(), server.getRef(), GatewaySettings.from(troupe), loops, new About(
        "1.2.3", directory, directory, 2000, 4000, 40000, 10, 5, ensemble, () -> 11, () -> 22));
    server.expectMessageClass(Server.Subscribe.class, PATIENCE);
    ManagedNode node = new ManagedNode(
        "1.2.3", ensemble, server.getRef(), port, journal, directory, directory.resolve("snapshots"), directory.resolve("log"), troupe,
        () -> begunAgain.set(true));
    address = Management.start(kit.system(), node, management)
        .toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** The management, which waits to hear how the server is. */
  Server.Subscribe subscribed() {
    return server.expectMessageClass(Server.Subscribe.class, PATIENCE);
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + address.orElseThrow().port() + path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  HttpResponse<String> get(String path) {
    return send(to(path));
  }

  void await(Runnable condition) {
    patient.awaitAssert(PATIENCE, () -> {
      condition.run();
      return null;
    });
  }

  @Override
  public void close() {
    http.close();
    port.close();
    kit.shutdownTestKit();
    loops.close();
  }
}
