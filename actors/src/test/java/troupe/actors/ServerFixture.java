package troupe.actors;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import troupe.persistence.JournalStore;
import troupe.persistence.JournalStores;

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

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
