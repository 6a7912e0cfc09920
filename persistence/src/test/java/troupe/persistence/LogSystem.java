package troupe.persistence;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/** An actor system that holds a transaction log: what the server's own configuration adds to the plugins'. */
final class LogSystem {
  private LogSystem() {}

  static ActorTestKit start(Path directory) {
    return start(directory, "");
  }

  static ActorTestKit start(Path directory, String settings) {
    Config server = ConfigFactory.parseString("""
        troupe.persistence.snapshot-dispatcher {
          type = Dispatcher
          executor = "thread-pool-executor"
          thread-pool-executor.fixed-pool-size = 1
        }
        pekko.persistence.typed.stash-overflow-strategy = fail
        pekko.actor {
          serializers.troupe-log = "troupe.persistence.LogSerializer"
          serialization-bindings {
            "troupe.persistence.TransactionLog$Event" = troupe-log
            "troupe.persistence.History" = troupe-log
          }
        }
        """);
    return ActorTestKit.create("log", ConfigFactory.parseString(settings)
        .withFallback(server)
        .withFallback(ConfigFactory.parseString(Plugins.config(directory, true)))
        .withFallback(ConfigFactory.load()));
  }
}
