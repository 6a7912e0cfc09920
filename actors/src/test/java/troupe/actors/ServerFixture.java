package troupe.actors;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.election.Election;
import troupe.ensemble.Links;
import troupe.metrics.Metrics;
import troupe.persistence.JournalStore;
import troupe.persistence.JournalStores;
import troupe.persistence.TransactionLog;
import troupe.session.ChangeHistory;

/** An actor system with a journal, in a directory of its own, for a server alone. */
final class ServerFixture implements AutoCloseable {
  static final Server.Sources SOURCES = new Server.Sources(InstantSource.system(), System::nanoTime, new Random(1));

  final ActorTestKit kit;
  final ServerSettings settings;
  final JournalStore journal;

  ServerFixture(Path directory) {
    Config config = ConfigFactory.parseMap(Map.of(
            "pekko.actor.provider", "local",
            "pekko.loglevel", "OFF", // failures are what is tested
            "troupe.persistence.data-dir", directory.toString(),
            "troupe.election.finalize-wait", "1ms"))
        .withFallback(ConfigFactory.load());
    kit = ActorTestKit.create(config);
    settings = ServerSettings.from(config.getConfig("troupe"));
    journal = JournalStores.of(kit.system()).journal();
  }

  /** For a server whose other actors are inboxes. */
  Server.Setup setup(
      Links links,
      ActorRef<TransactionLog.Command> log,
      ActorRef<Election.Command> election,
      ActorContext<Server.Command> context,
      TimerScheduler<Server.Command> timers) {
    Metrics metrics = new Metrics();
    return new Server.Setup(settings, SOURCES, journal, links, log, election, metrics, new ChangeHistory(100),
        new Clientele(settings, SOURCES, metrics, context, timers), context, timers);
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
