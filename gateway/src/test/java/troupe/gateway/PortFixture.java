package troupe.gateway;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import troupe.actors.Server;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.loops.EventLoops;
import troupe.persistence.Snapshots;
import troupe.persistence.TransactionLog;
import troupe.session.ChangeHistory;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.DataTree;

/** A client port that listens nowhere, with the server behind it played by the test. */
final class PortFixture implements AutoCloseable {
  static final GatewaySettings SETTINGS = settings(1000, 1000, Set.of("*"));

  final ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString("pekko.actor.provider = local")
      .withFallback(ConfigFactory.defaultReference()));
  final EventLoops loops = new EventLoops(1);
  final TestInbox<Sessions.Command> sessions = TestInbox.create();
  final TestProbe<Watches.Command> watches = kit.createTestProbe();
  final TestProbe<SessionTracker.Command> tracker = kit.createTestProbe();

  static final Server.Office ALONE =
      new Server.Office(1, Server.Mode.STANDALONE, new ServerId(5), Set::of);

  static GatewaySettings settings(int maxOutstandingPerConnection, int maxOutstanding, Set<String> words) {
    return new GatewaySettings("127.0.0.1", 0, 2, 1000, Duration.ofSeconds(10), Duration.ofSeconds(3), maxOutstandingPerConnection,
        maxOutstanding, 2000, 4000, 1, words, false, "");
  }

  Gateway.Port closedPort(GatewaySettings settings) {
    return new Gateway.Port(kit.system(), settings, loops, new About(
        "1.2.3", Path.of("/data"), Path.of("/log"), 2000, 4000, 40000, 10, 5, Ensemble.alone(new ServerId(5)), () -> 11, () -> 22));
  }

  Gateway.Port port(GatewaySettings settings) {
    Gateway.Port port = closedPort(settings);
    port.onService(new Server.Serving(
        ALONE, new PublishedTree(DataTree.initial()), new ChangeHistory(1), sessions.getRef(), watches.getRef(),
        tracker.getRef(),
        kit.<Snapshots.Command>createTestProbe().getRef(), kit.<TransactionLog.Command>createTestProbe().getRef()));
    return port;
  }

  Gateway.Port port() {
    return port(SETTINGS);
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
    loops.close();
  }
}
