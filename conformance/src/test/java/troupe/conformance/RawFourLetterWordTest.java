package troupe.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.client.FourLetterWordMain;
import org.apache.zookeeper.proto.ConnectRequest;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.ExistsRequest;
import org.apache.zookeeper.proto.SetDataRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.conformance.RawClient.Reply;
import troupe.conformance.RawServers.Which;

/**
 * The texts that scripts and monitors read. Compared is their shape: numbers, ids and dates may differ, words and
 * punctuation may not. Both servers have two clients with an ephemeral node and a watch each.
 */
class RawFourLetterWordTest {
  /** Enough for ZooKeeper to note a digest, which it does for every 128th zxid. */
  private static final int TRANSACTIONS = 300;

  /** The default trace mask: stmk sets it to what it was. */
  private static final long TRACE_MASK = 306;

  private static final List<RawClient> CLIENTS = new ArrayList<>();
  private static RawServers servers;

  @BeforeAll
  static void startBothWithClients(@TempDir Path directory) {
    servers = RawServers.start(directory);
    for (Which which : Which.values()) {
      for (String path : List.of("/first", "/second")) {
        CLIENTS.add(client(servers.address(which), path));
      }
    }
  }

  private static RawClient client(InetSocketAddress address, String path) {
    RawClient client = RawClient.open(address);
    client.shakeHands(new ConnectRequest(0, 0, 30_000, 0, new byte[16], false)).orElseThrow();
    var create = new CreateRequest(path, new byte[0], Ids.OPEN_ACL_UNSAFE, 1);
    client.send(RawClient.request(1, OpCode.create, RawClient.encode(create)));
    awaitReply(client, 1);
    for (int xid = 2; xid < TRANSACTIONS; xid++) {
      var write = new SetDataRequest(path, new byte[0], -1);
      client.send(RawClient.request(xid, OpCode.setData, RawClient.encode(write)));
    }
    awaitReply(client, TRANSACTIONS - 1);
    client.send(RawClient.request(TRANSACTIONS, OpCode.exists, RawClient.encode(new ExistsRequest(path, true))));
    awaitReply(client, TRANSACTIONS);
    return client;
  }

  private static void awaitReply(RawClient client, int xid) {
    while (!(client.hear() instanceof Reply reply && reply.xid() == xid)) {}
  }

  @AfterAll
  static void stopBoth() {
    CLIENTS.forEach(RawClient::close);
    servers.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ruok", "isro", "gtmk", "crst", "srst", "dirs", "srvr", "wchs"})
  void aTextOfFixedLengthHasTheSameShape(String word) {
    assertEquals(shape(ask(Which.REFERENCE, word)), shape(ask(Which.SUBJECT, word)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"stat", "cons", "dump", "wchc", "wchp", "hash"})
  void aTextThatListsThingsHasTheSameKindsOfLinesInTheSameOrder(String word) {
    assertEquals(kinds(ask(Which.REFERENCE, word)), kinds(ask(Which.SUBJECT, word)));
    assertEquals(ending(ask(Which.REFERENCE, word)), ending(ask(Which.SUBJECT, word)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"conf", "envi"})
  void aTextOfKeysAndValuesHasTheSameKeysInTheSameOrder(String word) {
    assertEquals(keys(ask(Which.REFERENCE, word)), keys(ask(Which.SUBJECT, word)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tickTime=2000", "minSessionTimeout=4000", "maxSessionTimeout=40000", "maxClientCnxns=0"})
  void confTellsTheLimitsInForce(String line) {
    for (Which which : Which.values()) {
      assertTrue(ask(which, "conf").lines().anyMatch(line::equals), () -> which + ": " + ask(which, "conf"));
    }
  }

  @Test
  void mntrHasTheFiguresThatMonitorsReadOneToALine() {
    for (Which which : Which.values()) {
      Map<String, String> figures = new TreeMap<>();
      ask(which, "mntr").lines().map(line -> line.split("\t", -1)).forEach(part -> {
        assertEquals(2, part.length, () -> which + ": " + String.join("\t", part));
        figures.put(part[0], part[1]);
      });
      List.of("zk_version", "zk_server_state", "zk_avg_latency", "zk_max_latency", "zk_min_latency",
              "zk_packets_received", "zk_packets_sent", "zk_num_alive_connections", "zk_outstanding_requests",
              "zk_znode_count", "zk_watch_count", "zk_ephemerals_count", "zk_approximate_data_size",
              "zk_open_file_descriptor_count", "zk_max_file_descriptor_count", "zk_uptime")
          .forEach(key -> assertTrue(figures.containsKey(key), () -> which + " lacks " + key + " in " + figures));
      assertEquals("standalone", figures.get("zk_server_state"));
      // The tree's own four nodes, with the root counted twice as ZooKeeper does, and two of ours.
      assertEquals("7", figures.get("zk_znode_count"), which.name());
      assertEquals("2", figures.get("zk_ephemerals_count"), which.name());
      assertEquals("2", figures.get("zk_watch_count"), which.name());
    }
  }

  /** As ZooKeeper's own tool and many probes do: they say that they will say no more before they listen. */
  @ParameterizedTest
  @ValueSource(strings = {"ruok", "srvr", "conf", "mntr", "wchs", "dump"})
  void whoClosesHisHalfOfTheConnectionIsAnswered(String word) throws Exception {
    for (int i = 0; i < 20; i++) {
      for (Which which : Which.values()) {
        InetSocketAddress server = servers.address(which);
        String text = FourLetterWordMain.send4LetterWord(server.getHostString(), server.getPort(), word);
        assertTrue(!text.isEmpty(), which.name());
      }
    }
  }

  @Test
  void stmkSetsTheMaskThatFollowsIt() {
    byte[] word = ByteBuffer.allocate(4 + Long.BYTES).put("stmk".getBytes(US_ASCII)).putLong(TRACE_MASK).array();
    for (Which which : Which.values()) {
      assertEquals("306", RawClient.fourLetterWord(servers.address(which), word), which.name());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"abcd", "RUOK", "kill"})
  void aWordThatIsNoneIsNotAnswered(String word) {
    for (Which which : Which.values()) {
      assertEquals("", ask(which, word), which.name());
    }
  }

  @Test
  void aWordThatIsNotOnTheWhitelistSaysSo(@TempDir Path directory) {
    try (var subject = DifferentialServer.subject(directory, "srvr")) {
      for (String word : List.of("ruok", "stat", "wchp", "stmk")) {
        assertEquals(
            word + " is not executed because it is not in the whitelist.\n",
            RawClient.fourLetterWord(subject.address(), word));
      }
    }
  }

  private static String ask(Which which, String word) {
    return RawClient.fourLetterWord(servers.address(which), word);
  }

  private static String shape(String text) {
    return text
        .replaceAll("(?m)^Zookeeper version: \\S.*$", "Zookeeper version: V")
        .replaceAll("\\w{3} \\w{3} \\d\\d \\d\\d:\\d\\d:\\d\\d \\w+ \\d{4}", "DATE")
        .replaceAll("0x[0-9a-f]+", "0xH")
        .replaceAll("(?m)^[0-9a-f]+: ", "H: ")
        .replaceAll("\\d+", "N")
        .replaceAll("(?<![\\w.])-N", "N")
        .replaceAll("/(first|second)", "/P");
  }

  /** The kinds of lines; connections, whose lines are indented by a blank, come in no order. */
  private static List<String> kinds(String text) {
    List<String> lines = shape(text).lines().toList();
    return DifferentialText.groups(lines, line -> line.startsWith(" ")).stream()
        .flatMap(group -> group.getFirst().startsWith(" ") ? group.stream().sorted() : group.stream())
        .distinct()
        .toList();
  }

  private static String ending(String text) {
    return text.replaceAll("(?s)^.*?(\\n*)$", "$1");
  }

  private static List<String> keys(String text) {
    return text.lines().map(line -> line.replaceAll("=.*", "=")).toList();
  }
}
