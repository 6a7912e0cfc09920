package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The process itself: how it stops, and when it refuses to start. */
class LifecycleTest {
  private static final int TERMINATED = 128 + 15; // what a shell says of a process that SIGTERM ended

  @RegisterExtension
  static final SharedNode node = new SharedNode();

  @Test
  void aTerminatedServerStopsSoonAndLosesNothing() throws Exception {
    NodeProcess server = NodeProcess.start(NodeSettings.inDirectory(node.process().settings().home().resolve("stop")));
    try (Client client = Client.connect(server.connectString(), Client.SESSION_TIMEOUT_MILLIS)) {
      client.create("/kept", "data", CreateMode.PERSISTENT);

      int exitCode = server.stop(Duration.ofSeconds(5));
      assertTrue(Set.of(0, TERMINATED).contains(exitCode), "exit code " + exitCode + ":\n" + server.tail());

      server = server.startAgain();
      client.events().await(KeeperState.Disconnected);
      client.awaitConnected();
      assertEquals("data", client.read("/kept"));
    } finally {
      server.close();
    }
  }

  /** From the first line to the last, which tells how long the stop took. */
  @Test
  void aLifeIsToldInJsonWhereThatIsSet() throws Exception {
    assumeTrue(Subject.chosen() == Subject.TROUPE, "Apache ZooKeeper has its own way to log");
    NodeSettings settings = NodeSettings.inDirectory(node.process().settings().home().resolve("json"));
    var place = new EnsemblePlace(1, List.of(), List.of("env", "TROUPE_LOG_FORMAT=json"));
    try (NodeProcess server = NodeProcess.start(settings.at(settings.host(), settings.clientPort(), place))) {
      server.stop(Duration.ofSeconds(30));
      var mapper = new ObjectMapper();
      var messages = new ArrayList<String>();
      for (String line : server.tail().lines().toList()) {
        JsonNode object = mapper.readTree(line);
        assertEquals(1, object.at("/server").asInt(), line);
        Instant.parse(object.at("/timestamp").asText());
        assertTrue(Set.of("INFO", "WARN").contains(object.at("/level").asText()), line);
        messages.add(object.at("/message").asText());
      }
      assertTrue(messages.stream().anyMatch(message -> message.startsWith("serves clients alone")), server.tail());
      assertTrue(messages.getLast().matches("stopped, after \\d+ ms"), server.tail());
    }
  }

  @Test
  void aSecondServerOnTheSameDataIsRefused() throws Exception {
    assumeTrue(Subject.chosen() == Subject.TROUPE, "Apache ZooKeeper does not look");
    NodeSettings taken = node.process().settings();
    try (NodeProcess second = NodeProcess.launch(Subject.TROUPE, taken.withOtherPorts())) {
      assertNotEquals(0, second.awaitExit(Duration.ofSeconds(10)));
      assertTrue(second.tail().contains(taken.dataDirectory().toString()), second.tail());
    }
    assertTrue(node.process().serves());
  }

  @Test
  void aKilledServerLeavesNoLibraryBehindForTheNext() throws Exception {
    assumeTrue(Subject.chosen() == Subject.TROUPE, "Apache ZooKeeper has none");
    NodeProcess server = NodeProcess.start(NodeSettings.inDirectory(node.process().settings().home().resolve("kill")));
    Path libraries = server.settings().dataDirectory().resolve("log").resolve("native");
    try {
      server.kill();
      server = server.startAgain();
      try (Stream<Path> files = Files.list(libraries)) {
        assertEquals(1, files.count());
      }
    } finally {
      server.close();
    }
  }
}
