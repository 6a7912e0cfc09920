package troupe.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.AuthPacket;
import org.apache.zookeeper.proto.ConnectRequest;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.ExistsRequest;
import org.apache.zookeeper.proto.ExistsResponse;
import org.apache.zookeeper.proto.SetDataRequest;
import org.apache.zookeeper.proto.SetWatches;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.conformance.RawClient.Closed;
import troupe.conformance.RawClient.Event;
import troupe.conformance.RawClient.Heard;
import troupe.conformance.RawClient.Reply;
import troupe.conformance.RawClient.Welcome;
import troupe.conformance.RawServers.Which;

/**
 * The client protocol in bytes: what a client without a library sends and sees. Every test runs against Apache
 * ZooKeeper too, so that what it demands of Troupe is what ZooKeeper does. Bytes are written in hexadecimal, {@code ?}
 * for a digit that may be any.
 */
class RawProtocolTest {
  /** Protocol version, last zxid, 30 s, no session, an empty password of 16 bytes, not read-only. */
  private static final String HANDSHAKE = "0000002d 00000000 0000000000000000 00007530 0000000000000000"
      + " 00000010 00000000000000000000000000000000 00";

  /** The same from a client before 3.4: no read-only flag. */
  private static final String HANDSHAKE_OF_OLD = "0000002c 00000000 0000000000000000 00007530 0000000000000000"
      + " 00000010 00000000000000000000000000000000";

  private static final String REFUSAL = "00000025 00000000 00000000 0000000000000000"
      + " 00000010 00000000000000000000000000000000 00";

  private static final String PING = "00000008 fffffffe 0000000b";
  private static final String PONG = "00000010 fffffffe ???????????????? 00000000";

  private static final int LARGEST_FRAME = 0xFFFFF;
  private static final int THIRTY_SECONDS = 30_000;

  private static RawServers servers;

  @BeforeAll
  static void startBoth(@TempDir Path directory) {
    servers = RawServers.start(directory);
  }

  @AfterAll
  static void stopBoth() {
    servers.close();
  }

  @ParameterizedTest
  @EnumSource
  void aHandshakeIsAnsweredWithSessionTimeoutAndPassword(Which which) throws IOException {
    try (var client = open(which)) {
      client.send(bytes(HANDSHAKE));
      hears(client, "00000025 00000000 00007530 ???????????????? 00000010 ???????????????????????????????? 00");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHandshakeOfOldIsAnsweredWithoutTheReadOnlyFlag(Which which) throws IOException {
    try (var client = open(which)) {
      client.send(bytes(HANDSHAKE_OF_OLD));
      hears(client, "00000024 00000000 00007530 ???????????????? 00000010 ????????????????????????????????");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHandshakeCutShortIsNotAnswered(Which which) {
    try (var client = open(which)) {
      client.send(RawClient.frame(Arrays.copyOfRange(bytes(HANDSHAKE), Integer.BYTES, Integer.BYTES + 43)));
      assertEquals(Optional.empty(), client.welcome());
    }
  }

  @ParameterizedTest
  @CsvSource({"-1, 4000", "0, 4000", "3999, 4000", "4000, 4000", "12345, 12345", "40000, 40000", "2147483647, 40000"})
  void theTimeoutAskedForIsMovedBetweenTwoAndTwentyTicks(int asked, int granted) {
    for (Which which : Which.values()) {
      try (var client = open(which)) {
        Welcome welcome = client.shakeHands(new ConnectRequest(0, 0, asked, 0, new byte[16], false)).orElseThrow();
        assertEquals(granted, welcome.timeout(), which.name());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatHasSeenTheFutureIsTurnedAwayWithoutAWord(Which which) {
    try (var client = open(which)) {
      long farFuture = 0x7fff_ffff_0000_0000L;
      assertEquals(
          Optional.empty(),
          client.shakeHands(new ConnectRequest(0, farFuture, THIRTY_SECONDS, 0, new byte[16], false)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSessionThatIsNotThereIsRefusedAndTheConnectionClosed(Which which) throws IOException {
    try (var client = open(which)) {
      client.send(RawClient.frame(RawClient.encode(
          new ConnectRequest(0, 0, THIRTY_SECONDS, 0x1234_5678L, new byte[16], false))));
      hears(client, REFUSAL);
      assertEquals(new Closed(), client.hear());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSessionThatMovesLosesItsOldConnection(Which which) {
    try (var first = open(which); var second = open(which)) {
      Welcome welcome = welcome(first);
      Welcome again = second.shakeHands(claim(welcome, welcome.password())).orElseThrow();
      assertEquals(welcome, again);
      assertEquals(new Closed(), first.hear());
      assertPings(second);
    }
  }

  /** ZooKeeper closes the owner's connection before it looks at the password; Troupe lets nobody do that to another. */
  @ParameterizedTest
  @EnumSource
  void aWrongPasswordIsRefused(Which which) throws IOException {
    try (var owner = open(which); var thief = open(which); var ownerAgain = open(which)) {
      Welcome welcome = welcome(owner);
      thief.send(RawClient.frame(RawClient.encode(claim(welcome, ByteBuffer.allocate(16)))));
      hears(thief, REFUSAL);
      assertEquals(new Closed(), thief.hear());
      if (which == Which.SUBJECT && !DifferentialServer.isSubjectZooKeeper()) {
        assertPings(owner);
      } else {
        assertEquals(new Closed(), owner.hear());
      }
      assertEquals(welcome, ownerAgain.shakeHands(claim(welcome, welcome.password())).orElseThrow());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionMayTakeItsTimeBeforeTheHandshake(Which which) {
    try (var quiet = open(which); var busy = open(which)) {
      welcome(busy);
      assertPings(busy);
      welcome(quiet);
      assertPings(quiet);
    }
  }

  @Test
  void aConnectionThatNeverShakesHandsIsClosed() {
    var quiet = new EnumMap<Which, RawClient>(Which.class);
    for (Which which : Which.values()) {
      quiet.put(which, open(which));
    }
    for (Map.Entry<Which, RawClient> one : quiet.entrySet()) {
      assertEquals(new Closed(), one.getValue().hearWithin(Duration.ofSeconds(30)), one.getKey().name());
      one.getValue().close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSecondHandshakeOnAConnectionIsAnUnknownOperation(Which which) {
    try (var client = connected(which)) {
      client.send(bytes(HANDSHAKE));
      assertRefused(Code.UNIMPLEMENTED, client);
      assertEquals(new Closed(), client.hear());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPingIsAnswered(Which which) throws IOException {
    try (var client = connected(which)) {
      client.send(bytes(PING));
      hears(client, PONG);
    }
  }

  @ParameterizedTest
  @EnumSource
  void authIsAnsweredWithZxidZero(Which which) throws IOException {
    try (var client = connected(which)) {
      client.send(auth("digest", "alice:secret"));
      hears(client, "00000010 fffffffc 0000000000000000 00000000");
      assertPings(client);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailedAuthIsAnsweredAndTheConnectionClosed(Which which) throws IOException {
    try (var client = connected(which)) {
      client.send(auth("nosuch", "alice:secret"));
      hears(client, "00000010 fffffffc 0000000000000000 ffffff8d");
      assertEquals(new Closed(), client.hear());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAuthPacketThatCannotBeReadClosesTheConnection(Which which) {
    try (var client = connected(which)) {
      client.send(RawClient.request(RawClient.AUTH_XID, OpCode.auth, new byte[5]));
      assertEquals(new Closed(), client.hear());
    }
  }

  @ParameterizedTest
  @EnumSource
  void setWatchesSendsMissedEventsWithoutAZxidAndThenItsAnswer(Which which) throws IOException {
    try (var client = connected(which)) {
      var watches = new SetWatches(0, List.of("/missing"), List.of("/"), List.of("/missing"));
      client.send(RawClient.request(RawClient.SET_WATCHES_XID, OpCode.setWatches, RawClient.encode(watches)));
      String deleted = "00000024 ffffffff ffffffffffffffff 00000000 00000002 00000003 00000008 2f6d697373696e67";
      hears(client, deleted);
      hears(client, "0000001d ffffffff ffffffffffffffff 00000000 00000001 00000003 00000001 2f");
      hears(client, deleted);
      hears(client, "00000010 fffffff8 ???????????????? 00000000");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEventBearsTheZxidOfItsTransactionAndComesBeforeTheAnswer(Which which) {
    try (var client = connected(which)) {
      client.send(RawClient.request(1, OpCode.exists, RawClient.encode(new ExistsRequest("/event", true))));
      assertRefused(Code.NONODE, client);
      client.send(RawClient.request(2, OpCode.create, create("/event")));
      Event event = assertInstanceOf(Event.class, client.hear());
      Reply created = assertInstanceOf(Reply.class, client.hear());
      client.send(RawClient.request(3, OpCode.exists, RawClient.encode(new ExistsRequest("/event", false))));
      Reply exists = assertInstanceOf(Reply.class, client.hear());
      long zxid = RawClient.decode(exists.body().duplicate(), new ExistsResponse()).getStat().getCzxid();
      assertEquals(new Event(zxid, 0, 1, 3, "/event"), event);
      assertEquals(zxid, created.zxid());
    }
  }

  @ParameterizedTest
  @EnumSource
  void framesMayComeByteByByte(Which which) throws IOException {
    try (var client = open(which)) {
      for (byte one : bytes(HANDSHAKE + PING + PING)) {
        client.send(new byte[] {one});
      }
      client.welcome().orElseThrow();
      hears(client, PONG);
      hears(client, PONG);
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyRequestsInOneSegmentAreAnsweredInOrder(Which which) {
    int many = 200;
    try (var client = open(which)) {
      var segment = ByteBuffer.allocate(64 * 1024).put(bytes(HANDSHAKE));
      byte[] body = RawClient.encode(new ExistsRequest("/missing", false));
      IntStream.rangeClosed(1, many).forEach(xid -> segment.put(RawClient.request(xid, OpCode.exists, body)));
      var sent = new byte[segment.flip().remaining()];
      segment.get(sent);
      client.send(sent);
      client.welcome().orElseThrow();
      for (int xid = 1; xid <= many; xid++) {
        assertEquals(xid, assertRefused(Code.NONODE, client).xid());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theLargestFrameIsServed(Which which) {
    try (var client = connected(which)) {
      int rest = RawClient.encode(new SetDataRequest("/missing", new byte[0], -1)).length + 2 * Integer.BYTES;
      var largest = new SetDataRequest("/missing", new byte[LARGEST_FRAME - rest], -1);
      client.send(RawClient.request(1, OpCode.setData, RawClient.encode(largest)));
      assertRefused(Code.NONODE, client);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"00100000", "7fffffff", "80000000", "ffffffff", "00000000", "00000007 00000000000000"})
  void aFrameTooLargeOrTooSmallClosesTheConnection(String frame) {
    for (Which which : Which.values()) {
      try (var client = connected(which)) {
        client.send(bytes(frame));
        assertEquals(new Closed(), client.hear(), which.name());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"00100000", "80000000", "ffffffff", "00000000"})
  void soDoesOneInsteadOfTheHandshake(String frame) {
    for (Which which : Which.values()) {
      try (var client = open(which)) {
        client.send(bytes(frame));
        assertEquals(new Closed(), client.hear(), which.name());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatCannotBeReadIsAMarshallingErrorAndTheConnectionStays(Which which) {
    try (var client = connected(which)) {
      for (int op : List.of(OpCode.create, OpCode.delete, OpCode.getData, OpCode.setACL, OpCode.multi)) {
        client.send(RawClient.request(1, op, new byte[3]));
        assertRefused(Code.MARSHALLINGERROR, client);
      }
      assertPings(client);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 13, 10, 23, 1000})
  void anUnknownOperationIsRefusedAndTheConnectionClosedButTheSessionLives(int op) {
    for (Which which : Which.values()) {
      try (var client = open(which); var again = open(which)) {
        Welcome welcome = welcome(client);
        client.send(RawClient.request(7, op, new byte[0]));
        assertEquals(reply(7, -1, Code.UNIMPLEMENTED), client.hear(), which.name());
        assertEquals(new Closed(), client.hear(), which.name());
        assertEquals(welcome, again.shakeHands(claim(welcome, welcome.password())).orElseThrow(), which.name());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anXidIsGivenBackWhateverItIs(Which which) {
    try (var client = connected(which)) {
      byte[] body = RawClient.encode(new ExistsRequest("/missing", false));
      for (int xid : List.of(0, -1_000, Integer.MIN_VALUE, Integer.MAX_VALUE)) {
        client.send(RawClient.request(xid, OpCode.exists, body));
        assertEquals(xid, assertRefused(Code.NONODE, client).xid());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void closingASessionIsAnsweredAndThenTheConnectionIsClosed(Which which) throws IOException {
    try (var client = open(which); var again = open(which)) {
      Welcome welcome = welcome(client);
      client.send(RawClient.request(9, OpCode.closeSession, new byte[0]));
      hears(client, "00000010 00000009 ???????????????? 00000000");
      assertEquals(new Closed(), client.hear());
      assertTrue(again.shakeHands(claim(welcome, welcome.password())).orElseThrow().isRefusal());
    }
  }

  private static RawClient open(Which which) {
    return RawClient.open(servers.address(which));
  }

  /** A connection with a session of its own. */
  private static RawClient connected(Which which) {
    RawClient client = open(which);
    welcome(client);
    return client;
  }

  private static Welcome welcome(RawClient client) {
    client.send(bytes(HANDSHAKE));
    return client.welcome().orElseThrow();
  }

  private static ConnectRequest claim(Welcome session, ByteBuffer password) {
    var bytes = new byte[password.remaining()];
    password.duplicate().get(bytes);
    return new ConnectRequest(0, 0, session.timeout(), session.sessionId(), bytes, false);
  }

  private static byte[] auth(String scheme, String credentials) {
    var packet = new AuthPacket(0, scheme, credentials.getBytes(US_ASCII));
    return RawClient.request(RawClient.AUTH_XID, OpCode.auth, RawClient.encode(packet));
  }

  private static byte[] create(String path) {
    return RawClient.encode(new CreateRequest(path, new byte[0], Ids.OPEN_ACL_UNSAFE, 0));
  }

  private static Reply reply(int xid, long zxid, Code code) {
    return new Reply(xid, zxid, code.intValue(), ByteBuffer.allocate(0));
  }

  private static Reply assertRefused(Code code, RawClient client) {
    Heard heard = client.hear();
    Reply reply = assertInstanceOf(Reply.class, heard);
    assertEquals(reply(reply.xid(), reply.zxid(), code), reply);
    return reply;
  }

  private static void assertPings(RawClient client) {
    client.send(bytes(PING));
    Reply reply = assertInstanceOf(Reply.class, client.hear());
    assertEquals(reply(RawClient.PING_XID, reply.zxid(), Code.OK), reply);
  }

  /** The next frame, length and all, has these digits. */
  private static void hears(RawClient client, String expected) throws IOException {
    byte[] content = client.nextFrame().orElseThrow().array();
    String heard = HexFormat.of().formatHex(RawClient.frame(content));
    String digits = expected.replace(" ", "");
    assertTrue(heard.matches(digits.replace("?", "[0-9a-f]")), () -> "expected " + digits + " but heard " + heard);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
