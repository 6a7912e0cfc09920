package troupe.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import troupe.session.SessionTracker;
import troupe.session.Watches;

class FourLetterWordsTest {
  private static final PortFixture FIXTURE = new PortFixture();
  private static final List<String> OF_THE_SERVER =
      List.of("cons", "crst", "dirs", "dump", "mntr", "srvr", "srst", "stat", "wchc", "wchp", "wchs", "hash");

  private final Gateway.Port port = FIXTURE.port();

  @AfterAll
  static void end() {
    FIXTURE.close();
  }

  private static int number(String word) {
    return ByteBuffer.wrap(word.getBytes(StandardCharsets.US_ASCII)).getInt();
  }

  private static CompletableFuture<String> ask(Gateway.Port port, String word) {
    return port.words().answer(number(word), Unpooled.EMPTY_BUFFER, new Connection(port)).toCompletableFuture();
  }

  private String answer(String word) {
    return ask(port, word).join();
  }

  @Test
  void wordsAreToldFromLengths() {
    assertTrue(FourLetterWords.isWord(number("ruok")));
    assertFalse(FourLetterWords.isWord(number("abcd")));
    assertFalse(FourLetterWords.isWord(44));
  }

  @Test
  void aWordThatIsNotAllowedSaysSo() {
    Gateway.Port strict = FIXTURE.port(PortFixture.settings(1, 1, Set.of("stat")));
    assertEquals("ruok is not executed because it is not in the whitelist.\n", ask(strict, "ruok").join());
    assertTrue(ask(strict, "srvr").join().startsWith("Zookeeper version: 3.9.5-troupe-1.2.3\n"), "scripts need it");
  }

  @Test
  void aServerThatDoesNotServeSaysSo() {
    Gateway.Port idle = FIXTURE.closedPort(PortFixture.SETTINGS);
    for (String word : OF_THE_SERVER) {
      assertEquals("This ZooKeeper instance is not currently serving requests\n", ask(idle, word).join(), word);
    }
    assertEquals("null", ask(idle, "isro").join());
    assertEquals("imok", ask(idle, "ruok").join());
  }

  @Test
  void whatCanBeSaidAtOnceIsSaid() {
    assertEquals("rw", answer("isro"));
    assertEquals("datadir_size: 11\nlogdir_size: 22\n", answer("dirs"));
    assertTrue(answer("envi").startsWith("Environment:\nzookeeper.version=3.9.5-troupe-1.2.3\n"), answer("envi"));
    String server = answer("srvr");
    assertTrue(
        server.contains("\nConnections: 0\nOutstanding: 0\nZxid: 0x0\nMode: standalone\nNode count: 5\n"), server);
  }

  @Test
  void connectionsAreListedAndTheirStatisticsReset() {
    ClientSide client = new ClientSide(port).open();
    client.send(ClientSide.ping(1));
    String line = answer("cons");
    assertTrue(line.startsWith(" /127.0.0.1:1234[1](queued=0,recved=1,sent=0,sid=0x500,lop=SESS,"), line);
    assertEquals("Connection stats reset.\n", answer("crst"));
    assertTrue(answer("stat").contains(" /127.0.0.1:1234[1](queued=0,recved=0,sent=0)\n"), answer("stat"));
    assertTrue(answer("srvr").contains("\nReceived: 1\n"), answer("srvr"));
    assertEquals("Server stats reset.\n", answer("srst"));
    assertTrue(answer("srvr").contains("\nReceived: 0\n"), answer("srvr"));
    client.channel.close();
    assertEquals("\n", answer("cons"));
  }

  @Test
  void watchesAreAskedOfTheRegistry() {
    Watches.Summary summary = new Watches.Summary(Map.of(0x500L, List.of("/a")), Map.of("/a", List.of(0x500L)));
    assertEquals("1 connections watching 1 paths\nTotal watches:1\n", answerWith(summary, "wchs"));
    assertEquals("0x500\n\t/a\n\n", answerWith(summary, "wchc"));
    assertEquals("/a\n\t0x500\n\n", answerWith(summary, "wchp"));
    CompletableFuture<String> monitor = ask(port, "mntr");
    ((Watches.GetCount) FIXTURE.watches.receiveMessage()).replyTo().tell(1);
    assertTrue(monitor.join().contains("\nzk_watch_count\t1\n"));
  }

  private String answerWith(Watches.Summary summary, String word) {
    CompletableFuture<String> answer = ask(port, word);
    ((Watches.GetSummary) FIXTURE.watches.receiveMessage()).replyTo().tell(summary);
    return answer.join();
  }

  @Test
  void expiriesAreAskedOfTheTracker() {
    CompletableFuture<String> answer = ask(port, "dump");
    ((SessionTracker.GetExpiries) FIXTURE.tracker.receiveMessage()).replyTo()
        .tell(new SessionTracker.Expiries(new TreeMap<>(Map.of(1000L, List.of(0x500L, 0x501L)))));
    String text = answer.join();
    assertTrue(text.startsWith("SessionTracker dump:\nSession Sets (1)/(2):\n2 expire at "), text);
    assertTrue(text.contains("\n\t0x500\n\t0x501\nephemeral nodes dump:\nSessions with Ephemerals (0):\n"), text);
  }

  @Test
  void theTraceMaskIsWhatWasSet() {
    assertEquals("306", answer("gtmk"));
    String set = port.words()
        .answer(number("stmk"), Unpooled.buffer().writeLong(5), new Connection(port)).toCompletableFuture().join();
    assertEquals("5", set);
    assertEquals("5", answer("gtmk"));
  }
}
