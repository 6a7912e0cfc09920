package troupe.links;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.Ensemble.Role;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;

class GreetingTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void whatIsSaidIsReadHoweverItIsCutIntoPieces() {
    Greeting said = new Greeting(TWO, "0123abcd");
    List<ByteString> letters =
        said.line().utf8String().chars().mapToObj(letter -> ByteString.fromString(Character.toString(letter))).toList();
    assertEquals(List.of(said), read(letters));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "GET / HTTP/1.1\n",
    "\n",
    "troupe-life-line 2 server 1 of 00000000\n",
    "troupe-life-line 1 server 0 of 00000000\n",
    "troupe-life-line 1 server 255 of 00000000\n",
    "troupe-life-line 1 server 1 of 00000000\nmore\n",
    "troupe-life-line 1 server 1 of 00000000",
    "a line without an end that is longer than any greeting could ever be, and yet goes on",
  })
  void anythingElseIsRefused(String text) {
    assertThrows(CompletionException.class, () -> read(List.of(ByteString.fromString(text))));
  }

  @Test
  void whoTheServersAreIsComparedAndNotWhereTheyAre() {
    Member one = new Member(ONE, "a", 1);
    Member two = new Member(TWO, "b", 1);
    String servers = Greeting.of(Ensemble.ofMajority(ONE, List.of(one, two))).servers();
    assertEquals(servers, Greeting.of(
        Ensemble.ofMajority(TWO, List.of(two, new Member(ONE, "also-a", 9)))).servers());
    assertNotEquals(servers, Greeting.of(Ensemble.ofMajority(ONE, List.of(one))).servers());
    assertNotEquals(servers, Greeting.of(
        Ensemble.ofMajority(ONE, List.of(one, new Member(TWO, Role.OBSERVER, "b", 1, 2)))).servers());
    assertNotEquals(servers, Greeting.of(
        new Ensemble(ONE, List.of(one, two), new Quorum.Weighted(Map.of(ONE, 1, TWO, 2)))).servers());
  }

  private static List<Greeting> read(List<ByteString> pieces) {
    return Source.from(pieces).via(Greeting.reader()).runWith(Sink.seq(), KIT.system())
        .toCompletableFuture().join();
  }
}
