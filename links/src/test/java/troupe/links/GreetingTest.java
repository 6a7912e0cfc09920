package troupe.links;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.Ensemble.Role;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;

class GreetingTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);

  @ParameterizedTest
  @EnumSource(Greeting.Form.class)
  void whatIsSaidIsReadHoweverItIsCutIntoPieces(Greeting.Form form) {
    Greeting said = new Greeting(form, TWO, "0123abcd");
    ByteBuf arrived = Unpooled.buffer();
    for (byte letter : said.line().getBytes(US_ASCII)) {
      assertEquals(Optional.empty(), Greeting.read(arrived));
      arrived.writeByte(letter);
    }
    arrived.writeByte(7);
    assertEquals(Optional.of(said), Greeting.read(arrived));
    assertEquals(1, arrived.readableBytes(), "what follows is another's");
  }

  @Test
  void anOlderServersGreetingIsOfTheFirstForm() {
    assertEquals("troupe-life-line 1 server 2 of 0123abcd\n",
        new Greeting(Greeting.Form.LIFE_LINE, TWO, "0123abcd").line());
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "GET / HTTP/1.1\n",
    "\n",
    "troupe-life-line 3 server 1 of 00000000\n",
    "troupe-life-line 1 server 0 of 00000000\n",
    "troupe-life-line 1 server 255 of 00000000\n",
    "troupe-life-line 1 server 1 of 0000000\n",
    "a line without an end that is longer than any greeting could ever be, and yet goes on",
  })
  void anythingElseIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Greeting.read(Unpooled.copiedBuffer(text, US_ASCII)));
  }

  @Test
  void whoTheServersAreIsComparedAndNotWhereTheyAre() {
    Member one = new Member(ONE, "a", 1);
    Member two = new Member(TWO, "b", 1);
    String servers = hash(Ensemble.ofMajority(ONE, List.of(one, two)));
    assertEquals(servers, hash(
        Ensemble.ofMajority(TWO, List.of(two, new Member(ONE, "also-a", 9)))));
    assertNotEquals(servers, hash(Ensemble.ofMajority(ONE, List.of(one))));
    assertNotEquals(servers, hash(
        Ensemble.ofMajority(ONE, List.of(one, new Member(TWO, Role.OBSERVER, "b", 1, 2)))));
    assertNotEquals(servers, hash(
        new Ensemble(ONE, List.of(one, two), new Quorum.Weighted(Map.of(ONE, 1, TWO, 2)))));
  }

  private static String hash(Ensemble ensemble) {
    return Greeting.of(Greeting.Form.LANE, ensemble).servers();
  }
}
