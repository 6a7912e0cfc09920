package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.http.javadsl.model.Uri;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import troupe.actors.Server;
import troupe.ensemble.ServerId;
import troupe.persistence.TransactionLog;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.DataTree;

class ManagementTest {
  private static final String HOST = "127.0.0.1";
  private static final long PATIENCE = 20; // seconds

  private ActorTestKit kit;

  @AfterEach
  void end() {
    kit.shutdownTestKit();
  }

  private Optional<Uri> start(ManagementSettings settings, TestProbe<Server.Command> server) throws Exception {
    return Management.start(kit.system(), server.getRef(), settings)
        .toCompletableFuture().get(PATIENCE, TimeUnit.SECONDS);
  }

  private ManagementSettings system(int port) {
    ManagementSettings settings = new ManagementSettings(true, HOST, port);
    kit = ActorTestKit.create(Management.config(settings)
        .withFallback(ConfigFactory.parseMap(Map.of(
            "pekko.remote.artery.canonical.hostname", HOST,
            "pekko.remote.artery.canonical.port", 0)))
        .withFallback(ConfigFactory.load()));
    return settings;
  }

  private static int status(HttpClient http, Uri at, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://" + HOST + ":" + at.port() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void aNodeIsReadyOnlyWhileItServesAndAliveAlways() throws Exception {
    ManagementSettings settings = system(0);
    TestProbe<Server.Command> server = kit.createTestProbe();
    Uri at = start(settings, server).orElseThrow();
    Server.Subscribe subscribe = server.expectMessageClass(Server.Subscribe.class);
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(PATIENCE)).build()) {
      assertEquals(500, status(http, at, "/ready"));
      assertEquals(200, status(http, at, "/alive"));
      subscribe.subscriber().tell(new Server.Serving(
          new Server.Office(1, Server.Mode.STANDALONE, new ServerId(1), Set::of),
          new PublishedTree(DataTree.initial()),
          kit.<Sessions.Command>createTestProbe().getRef(),
          kit.<Watches.Command>createTestProbe().getRef(),
          kit.<SessionTracker.Command>createTestProbe().getRef(),
          kit.<TransactionLog.Command>createTestProbe().getRef()));
      awaitStatus(http, at, 200, server);
      subscribe.subscriber().tell(new Server.NotServing("it looks for a leader"));
      awaitStatus(http, at, 500, server);
      assertEquals(200, status(http, at, "/alive"));
    }
  }

  private static void awaitStatus(HttpClient http, Uri at, int expected, TestProbe<?> patient) {
    patient.awaitAssert(Duration.ofSeconds(PATIENCE), () -> {
      try {
        assertEquals(expected, status(http, at, "/ready"));
        return expected;
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    });
  }

  @Test
  void aTakenPortIsNoEnd() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      ManagementSettings settings = system(taken.getLocalPort());
      assertEquals(Optional.empty(), start(settings, kit.createTestProbe()));
    }
  }
}
