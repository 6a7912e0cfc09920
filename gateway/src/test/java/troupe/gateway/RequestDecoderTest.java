package troupe.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.proto.AddWatchRequest;
import org.apache.zookeeper.proto.CheckVersionRequest;
import org.apache.zookeeper.proto.CheckWatchesRequest;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.CreateTTLRequest;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.ExistsRequest;
import org.apache.zookeeper.proto.GetACLRequest;
import org.apache.zookeeper.proto.GetAllChildrenNumberRequest;
import org.apache.zookeeper.proto.GetChildren2Request;
import org.apache.zookeeper.proto.GetChildrenRequest;
import org.apache.zookeeper.proto.GetDataRequest;
import org.apache.zookeeper.proto.GetEphemeralsRequest;
import org.apache.zookeeper.proto.MultiHeader;
import org.apache.zookeeper.proto.ReconfigRequest;
import org.apache.zookeeper.proto.RemoveWatchesRequest;
import org.apache.zookeeper.proto.SetACLRequest;
import org.apache.zookeeper.proto.SetDataRequest;
import org.apache.zookeeper.proto.SetWatches;
import org.apache.zookeeper.proto.SetWatches2;
import org.apache.zookeeper.proto.SyncRequest;
import org.junit.jupiter.api.Test;
import troupe.session.ClientRequest;
import troupe.session.ClientRequest.WatchType;
import troupe.tree.Acl;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Operation;

class RequestDecoderTest {
  private static final int XID = 42;
  private static final byte[] DATA = {1, 2, 3};
  private static final List<ACL> ACLS =
      List.of(new ACL(31, new Id("digest", "joe:h")), new ACL(1, new Id("world", "anyone")));
  private static final List<Acl.Entry> ENTRIES = List.of(
      new Acl.Entry(31, new Identity("digest", "joe:h")), new Acl.Entry(1, Identity.ANYONE));
  private static final MultiHeader END = new MultiHeader(-1, true, -1);

  /** A valid body for each operation that has one. */
  private static final Map<Integer, byte[]> BODIES = new TreeMap<>(Map.ofEntries(
      Map.entry(OpCode.CREATE, bytes(new CreateRequest("/ä", DATA, ACLS, 3))),
      Map.entry(OpCode.CREATE_2, bytes(new CreateRequest("/a", DATA, ACLS, 0))),
      Map.entry(OpCode.CREATE_CONTAINER, bytes(new CreateRequest("/a", DATA, ACLS, 4))),
      Map.entry(OpCode.CREATE_TTL, bytes(new CreateTTLRequest("/a", DATA, ACLS, 5, 1234))),
      Map.entry(OpCode.DELETE, bytes(new DeleteRequest("/a", 7))),
      Map.entry(OpCode.EXISTS, bytes(new ExistsRequest("/a", true))),
      Map.entry(OpCode.GET_DATA, bytes(new GetDataRequest("/a", true))),
      Map.entry(OpCode.SET_DATA, bytes(new SetDataRequest("/a", DATA, 7))),
      Map.entry(OpCode.GET_ACL, bytes(new GetACLRequest("/a"))),
      Map.entry(OpCode.SET_ACL, bytes(new SetACLRequest("/a", ACLS, 7))),
      Map.entry(OpCode.GET_CHILDREN, bytes(new GetChildrenRequest("/a", true))),
      Map.entry(OpCode.GET_CHILDREN_2, bytes(new GetChildren2Request("/a", false))),
      Map.entry(OpCode.SYNC, bytes(new SyncRequest("/a"))),
      Map.entry(OpCode.RECONFIG, bytes(new ReconfigRequest("a", "b", "c", 5))),
      Map.entry(OpCode.CHECK_WATCHES, bytes(new CheckWatchesRequest("/a", 4))),
      Map.entry(OpCode.REMOVE_WATCHES, bytes(new RemoveWatchesRequest("/a", 1))),
      Map.entry(OpCode.SET_WATCHES, bytes(new SetWatches(9, List.of("/d"), List.of("/e"), List.of("/c")))),
      Map.entry(OpCode.SET_WATCHES_2, bytes(new SetWatches2(
          9, List.of("/d"), List.of("/e"), List.of("/c"), List.of("/p"), List.of("/r1", "/r2")))),
      Map.entry(OpCode.GET_EPHEMERALS, bytes(new GetEphemeralsRequest("/a"))),
      Map.entry(OpCode.GET_ALL_CHILDREN_NUMBER, bytes(new GetAllChildrenNumberRequest("/a"))),
      Map.entry(OpCode.ADD_WATCH, bytes(new AddWatchRequest("/a", 1))),
      Map.entry(OpCode.MULTI, bytes(
          header(OpCode.CREATE), new CreateRequest("/a", DATA, ACLS, 0),
          header(OpCode.CREATE_2), new CreateRequest("/b", DATA, ACLS, 2),
          header(OpCode.DELETE), new DeleteRequest("/c", 1),
          header(OpCode.SET_DATA), new SetDataRequest("/d", DATA, 2),
          header(OpCode.CHECK), new CheckVersionRequest("/e", 3),
          END)),
      Map.entry(OpCode.MULTI_READ, bytes(
          header(OpCode.GET_DATA), new GetDataRequest("/a", true),
          header(OpCode.GET_CHILDREN), new GetChildrenRequest("/b", true),
          END))));

  private static MultiHeader header(int op) {
    return new MultiHeader(op, false, -1);
  }

  private static byte[] bytes(Record... records) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      for (Record each : records) {
        each.serialize(BinaryOutputArchive.getArchive(bytes), "");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static ClientRequest decode(int op) {
    return decode(op, BODIES.getOrDefault(op, new byte[0]));
  }

  private static ClientRequest decode(int op, byte[] body) {
    return RequestDecoder.decode(XID, op, Unpooled.wrappedBuffer(body)).request();
  }

  private static Operation operation(int op) {
    ClientRequest.Write write = assertInstanceOf(ClientRequest.Write.class, decode(op));
    assertEquals(XID, write.cxid());
    return write.operation();
  }

  private static ClientRequest.Write refused(ErrorCode reason) {
    return new ClientRequest.Write(XID, new Operation.Refused(reason));
  }

  @Test
  void readsAreWhatTheClientWrote() {
    assertEquals(new ClientRequest.GetData("/a", true), decode(OpCode.GET_DATA));
    assertEquals(new ClientRequest.Exists("/a", true), decode(OpCode.EXISTS));
    assertEquals(new ClientRequest.GetChildren("/a", true), decode(OpCode.GET_CHILDREN));
    assertEquals(new ClientRequest.GetChildren("/a", false), decode(OpCode.GET_CHILDREN_2));
    assertEquals(new ClientRequest.GetAcl("/a"), decode(OpCode.GET_ACL));
    assertEquals(new ClientRequest.CountDescendants("/a"), decode(OpCode.GET_ALL_CHILDREN_NUMBER));
    assertEquals(new ClientRequest.GetEphemerals("/a"), decode(OpCode.GET_EPHEMERALS));
    assertEquals(new ClientRequest.WhoAmI(), decode(OpCode.WHO_AM_I));
    assertEquals(new ClientRequest.Ping(), decode(OpCode.PING));
    assertEquals(
        new ClientRequest.ReadMany(
            List.of(new ClientRequest.GetData("/a", false), new ClientRequest.GetChildren("/b", false)), true),
        decode(OpCode.MULTI_READ));
  }

  @Test
  void watchRequestsAreWhatTheClientWrote() {
    assertEquals(new ClientRequest.AddWatch("/a", true), decode(OpCode.ADD_WATCH));
    assertEquals(new ClientRequest.CheckWatch("/a", WatchType.PERSISTENT), decode(OpCode.CHECK_WATCHES));
    assertEquals(new ClientRequest.RemoveWatch("/a", WatchType.CHILDREN), decode(OpCode.REMOVE_WATCHES));
    assertEquals(
        new ClientRequest.SetWatches(9, List.of("/d"), List.of("/e"), List.of("/c"), List.of(), List.of(), true),
        decode(OpCode.SET_WATCHES));
    assertEquals(
        new ClientRequest.SetWatches(
            9, List.of("/d"), List.of("/e"), List.of("/c"), List.of("/p"), List.of("/r1", "/r2"), true),
        decode(OpCode.SET_WATCHES_2));
  }

  @Test
  void creationsAreWhatTheClientWrote() {
    assertCreate(operation(OpCode.CREATE), "/ä", 3, Operation.Create.Kind.PLAIN, -1);
    assertCreate(operation(OpCode.CREATE_2), "/a", 0, Operation.Create.Kind.PLAIN, -1);
    assertCreate(operation(OpCode.CREATE_CONTAINER), "/a", 4, Operation.Create.Kind.CONTAINER, -1);
    assertCreate(operation(OpCode.CREATE_TTL), "/a", 5, Operation.Create.Kind.TTL, 1234);
  }

  private static void assertCreate(Operation operation, String path, int flags, Operation.Create.Kind kind, long ttl) {
    Operation.Create create = assertInstanceOf(Operation.Create.class, operation);
    assertEquals(List.of(path, flags, kind, ttl, ENTRIES),
        List.of(create.path(), create.flags(), create.kind(), create.ttl(), create.acl()));
    assertArrayEquals(DATA, create.data());
  }

  @Test
  void otherWritesAreWhatTheClientWrote() {
    assertEquals(new Operation.Delete("/a", 7), operation(OpCode.DELETE));
    Operation.SetData set = assertInstanceOf(Operation.SetData.class, operation(OpCode.SET_DATA));
    assertEquals("/a 7", set.path() + " " + set.version());
    assertArrayEquals(DATA, set.data());
    assertEquals(new Operation.SetAcl("/a", ENTRIES, 7), operation(OpCode.SET_ACL));
    assertEquals(new Operation.CloseSession(), operation(OpCode.CLOSE_SESSION));
    assertEquals(refused(ErrorCode.RECONFIG_DISABLED), decode(OpCode.RECONFIG));
  }

  @Test
  void aMultiRemembersHowItsResultsAreWritten() {
    RequestDecoder.Decoded decoded =
        RequestDecoder.decode(XID, OpCode.MULTI, Unpooled.wrappedBuffer(BODIES.get(OpCode.MULTI)));
    Operation.Multi multi =
        assertInstanceOf(Operation.Multi.class, ((ClientRequest.Write) decoded.request()).operation());
    assertCreate(multi.operations().get(0), "/a", 0, Operation.Create.Kind.PLAIN, -1);
    assertCreate(multi.operations().get(1), "/b", 2, Operation.Create.Kind.PLAIN, -1);
    assertEquals(new Operation.Delete("/c", 1), multi.operations().get(2));
    assertEquals(new Operation.Check("/e", 3), multi.operations().get(4));
    assertEquals(
        List.of(OpCode.CREATE, OpCode.CREATE_2, OpCode.DELETE, OpCode.SET_DATA, OpCode.CHECK), decoded.detail());
  }

  @Test
  void aSyncRemembersItsPath() {
    RequestDecoder.Decoded decoded =
        RequestDecoder.decode(XID, OpCode.SYNC, Unpooled.wrappedBuffer(BODIES.get(OpCode.SYNC)));
    assertEquals(new ClientRequest.Sync(XID), decoded.request());
    assertEquals(Optional.of("/a"), decoded.detail());
  }

  /** A vector, string or buffer that goes on behind the end: an answer, never an exception. */
  @Test
  void aBodyThatIsCutShortAnywhereFailsToBeRead() {
    BODIES.forEach((op, body) -> {
      for (int length = 0; length < body.length; length++) {
        ByteBuf cut = Unpooled.wrappedBuffer(body, 0, length);
        ClientRequest request = RequestDecoder.decode(XID, op, cut).request();
        ClientRequest expected = op == OpCode.MULTI
            ? refused(ErrorCode.MARSHALLING_ERROR)
            : new ClientRequest.Fail(ErrorCode.MARSHALLING_ERROR);
        assertEquals(expected, request, "operation " + op + " cut to " + length);
      }
    });
  }

  @Test
  void whateverTheBytesThereIsARequest() {
    int[] ops = IntStream.rangeClosed(-20, 120).filter(RequestDecoder::isKnown).toArray();
    assertEquals(26, ops.length);
    for (long seed = 0; seed < 30_000; seed++) {
      Random random = new Random(seed);
      int op = ops[random.nextInt(ops.length)];
      byte[] body = BODIES.getOrDefault(op, new byte[8]).clone();
      if (random.nextInt(4) == 0) {
        body = new byte[random.nextInt(60)];
        random.nextBytes(body);
      }
      for (int changes = random.nextInt(4); changes > 0 && body.length > 0; changes--) {
        byte[] likely = {0, -1, 1, 127, -128, (byte) random.nextInt()};
        body[random.nextInt(body.length)] = likely[random.nextInt(likely.length)];
      }
      ByteBuf frame = Unpooled.wrappedBuffer(body);
      try {
        RequestDecoder.decode(XID, op, frame);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", operation " + op, e);
      }
      assertTrue(frame.readerIndex() <= body.length);
    }
  }

  @Test
  void numbersThatMeanNothingAreRefused() {
    ClientRequest fail = new ClientRequest.Fail(ErrorCode.MARSHALLING_ERROR);
    assertEquals(fail, decode(OpCode.ADD_WATCH, bytes(new AddWatchRequest("/a", 2))));
    assertEquals(fail, decode(OpCode.CHECK_WATCHES, bytes(new CheckWatchesRequest("/a", 0))));
    assertEquals(fail, decode(OpCode.REMOVE_WATCHES, bytes(new RemoveWatchesRequest("/a", 6))));
    assertEquals(refused(ErrorCode.MARSHALLING_ERROR), decode(OpCode.MULTI, bytes(header(OpCode.PING), END)));
    assertEquals(fail, decode(OpCode.MULTI_READ, bytes(
        header(OpCode.GET_DATA), new GetDataRequest("/a", false),
        header(OpCode.DELETE), new DeleteRequest("/a", 1),
        END)));
  }
}
