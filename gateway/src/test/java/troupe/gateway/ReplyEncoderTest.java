package troupe.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.proto.Create2Response;
import org.apache.zookeeper.proto.CreateResponse;
import org.apache.zookeeper.proto.ErrorResponse;
import org.apache.zookeeper.proto.ExistsResponse;
import org.apache.zookeeper.proto.GetACLResponse;
import org.apache.zookeeper.proto.GetAllChildrenNumberResponse;
import org.apache.zookeeper.proto.GetChildren2Response;
import org.apache.zookeeper.proto.GetChildrenResponse;
import org.apache.zookeeper.proto.GetDataResponse;
import org.apache.zookeeper.proto.GetEphemeralsResponse;
import org.apache.zookeeper.proto.MultiHeader;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.SetACLResponse;
import org.apache.zookeeper.proto.SetDataResponse;
import org.apache.zookeeper.proto.SyncResponse;
import org.apache.zookeeper.proto.WatcherEvent;
import org.apache.zookeeper.proto.WhoAmIResponse;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Zxid;
import troupe.session.Answer;
import troupe.tree.Acl;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.NodeEvent;
import troupe.tree.Outcome;
import troupe.tree.Stat;
import troupe.tree.Transaction;
import troupe.tree.Znode;

/** What is written is read with ZooKeeper's own records. */
class ReplyEncoderTest {
  private static final int XID = 42;
  private static final long ZXID = 0x100000007L;
  private static final Object NOTHING = new Object();

  /** No two fields alike, so that none can be exchanged unseen. */
  private static final Stat STAT = new Stat(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  private static final byte[] DATA = {1, 2, 3};

  private static final Znode NODE = DataTree.initial()
      .apply(new Transaction(new Zxid(1, 1), 0, 0, 99, new Change.CreateNode("/ä", DATA, Acl.OPEN, 7)))
      .tree().find("/ä").orElseThrow();

  private final ByteBuf out = Unpooled.buffer();

  private static org.apache.zookeeper.data.Stat expected(Stat stat) {
    return new org.apache.zookeeper.data.Stat(
        stat.czxid(), stat.mzxid(), stat.ctime(), stat.mtime(), stat.version(), stat.cversion(), stat.aversion(),
        stat.ephemeralOwner(), stat.dataLength(), stat.numChildren(), stat.pzxid());
  }

  private void reply(int op, Object detail, Answer answer) {
    ReplyEncoder.reply(out, XID, op, detail, ZXID, answer);
    assertEquals(out.readableBytes() - Integer.BYTES, out.readInt());
  }

  private <R extends Record> R read(R record) {
    try {
      record.deserialize(BinaryInputArchive.getArchive(new ByteBufInputStream(out)), "");
      return record;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertReply(Record expected, Record empty, int op, Answer answer) {
    reply(op, NOTHING, answer);
    assertEquals(new ReplyHeader(XID, ZXID, 0), read(new ReplyHeader()));
    assertEquals(expected, read(empty));
    assertEquals(0, out.readableBytes());
  }

  private void assertEmptyReply(int xid, int error, int op, Answer answer) {
    reply(op, NOTHING, answer);
    assertEquals(new ReplyHeader(xid, ZXID, error), read(new ReplyHeader()));
    assertEquals(0, out.readableBytes());
  }

  @Test
  void readsAreReadAsTheyWereMeant() {
    org.apache.zookeeper.data.Stat stat = expected(NODE.stat());
    Answer node = new Answer.Node(NODE);
    assertReply(new GetDataResponse(DATA, stat), new GetDataResponse(), OpCode.GET_DATA, node);
    assertReply(new ExistsResponse(stat), new ExistsResponse(), OpCode.EXISTS, node);
    Answer children = new Answer.Children(List.of("ä", "b"), NODE);
    assertReply(new GetChildrenResponse(List.of("ä", "b")), new GetChildrenResponse(), OpCode.GET_CHILDREN, children);
    assertReply(
        new GetChildren2Response(List.of("ä", "b"), stat), new GetChildren2Response(), OpCode.GET_CHILDREN_2, children);
    assertReply(
        new GetACLResponse(List.of(new ACL(31, new Id("digest", "joe:x"))), stat),
        new GetACLResponse(),
        OpCode.GET_ACL,
        new Answer.AclOf(List.of(new Acl.Entry(31, new Identity("digest", "joe:x"))), NODE));
    assertReply(
        new GetAllChildrenNumberResponse(5),
        new GetAllChildrenNumberResponse(),
        OpCode.GET_ALL_CHILDREN_NUMBER,
        new Answer.Count(5));
    assertReply(
        new GetEphemeralsResponse(List.of("/a")),
        new GetEphemeralsResponse(),
        OpCode.GET_EPHEMERALS,
        new Answer.Paths(List.of("/a")));
  }

  @Test
  void whoSomebodyIsIsToldWithoutTheHash() {
    assertReply(
        new WhoAmIResponse(List.of(new ClientInfo("ip", "127.0.0.1"), new ClientInfo("digest", "joe"))),
        new WhoAmIResponse(),
        OpCode.WHO_AM_I,
        new Answer.Identities(List.of(new Identity("ip", "127.0.0.1"), new Identity("digest", "joe:hash"))));
  }

  @Test
  void everyFieldOfAStatHasItsPlace() {
    assertReply(new SetDataResponse(expected(STAT)), new SetDataResponse(), OpCode.SET_DATA,
        new Answer.Written(new Outcome.DataSet(STAT)));
    assertReply(new SetACLResponse(expected(STAT)), new SetACLResponse(), OpCode.SET_ACL,
        new Answer.Written(new Outcome.AclSet(STAT)));
  }

  @Test
  void aCreationIsAnsweredWithTheStatWhereItWasAskedFor() {
    Answer created = new Answer.Written(new Outcome.Created("/ä", STAT));
    assertReply(new CreateResponse("/ä"), new CreateResponse(), OpCode.CREATE, created);
    for (int op : List.of(OpCode.CREATE_2, OpCode.CREATE_CONTAINER, OpCode.CREATE_TTL)) {
      assertReply(new Create2Response("/ä", expected(STAT)), new Create2Response(), op, created);
    }
  }

  @Test
  void anAnswerWithoutAnythingToSayIsAHeader() {
    assertEmptyReply(XID, 0, OpCode.DELETE, new Answer.Written(new Outcome.Deleted()));
    assertEmptyReply(XID, 0, OpCode.CLOSE_SESSION, new Answer.Written(new Outcome.SessionClosed()));
    assertEmptyReply(XID, 0, OpCode.SET_WATCHES, new Answer.Done());
    assertEmptyReply(XID, -101, OpCode.GET_DATA, new Answer.Failed(ErrorCode.NO_NODE));
    assertEmptyReply(XID, -110, OpCode.CREATE, new Answer.Written(new Outcome.Failed(ErrorCode.NODE_EXISTS)));
    assertEmptyReply(-2, 0, OpCode.PING, new Answer.Done());
  }

  @Test
  void addWatchAnswersWithAnErrorThatIsNone() {
    assertReply(new ErrorResponse(0), new ErrorResponse(), OpCode.ADD_WATCH, new Answer.Done());
  }

  @Test
  void aSyncGivesItsPathBack() {
    reply(OpCode.SYNC, Optional.of("/a"), new Answer.Done());
    assertEquals(new ReplyHeader(XID, ZXID, 0), read(new ReplyHeader()));
    assertEquals(new SyncResponse("/a"), read(new SyncResponse()));
    assertEquals(0, out.readableBytes());
  }

  @Test
  void aMultiHasAResultForEachOperation() {
    reply(
        OpCode.MULTI,
        List.of(OpCode.CREATE, OpCode.CREATE_2, OpCode.SET_DATA, OpCode.DELETE, OpCode.CHECK),
        new Answer.Written(new Outcome.Several(List.of(
            new Outcome.Created("/a", STAT),
            new Outcome.Created("/b", STAT),
            new Outcome.DataSet(STAT),
            new Outcome.Deleted(),
            new Outcome.Checked()))));
    assertEquals(new ReplyHeader(XID, ZXID, 0), read(new ReplyHeader()));
    assertResult(OpCode.CREATE, new CreateResponse("/a"), new CreateResponse());
    assertResult(OpCode.CREATE_2, new Create2Response("/b", expected(STAT)), new Create2Response());
    assertResult(OpCode.SET_DATA, new SetDataResponse(expected(STAT)), new SetDataResponse());
    assertEquals(new MultiHeader(OpCode.DELETE, false, 0), read(new MultiHeader()));
    assertEquals(new MultiHeader(OpCode.CHECK, false, 0), read(new MultiHeader()));
    assertEndOfResults();
  }

  private void assertResult(int op, Record expected, Record empty) {
    assertEquals(new MultiHeader(op, false, 0), read(new MultiHeader()));
    assertEquals(expected, read(empty));
  }

  private void assertError(int error) {
    assertEquals(new MultiHeader(-1, false, error), read(new MultiHeader()));
    assertEquals(new ErrorResponse(error), read(new ErrorResponse()));
  }

  private void assertEndOfResults() {
    assertEquals(new MultiHeader(-1, true, -1), read(new MultiHeader()));
    assertEquals(0, out.readableBytes());
  }

  @Test
  void aMultiThatFailedHasAnErrorForEachOperationAndNoneInTheHeader() {
    reply(
        OpCode.MULTI,
        List.of(OpCode.CREATE, OpCode.DELETE, OpCode.CHECK),
        new Answer.Written(new Outcome.Several(List.of(
            new Outcome.Failed(ErrorCode.OK),
            new Outcome.Failed(ErrorCode.NO_NODE),
            new Outcome.Failed(ErrorCode.RUNTIME_INCONSISTENCY)))));
    assertEquals(new ReplyHeader(XID, ZXID, 0), read(new ReplyHeader()));
    assertError(0);
    assertError(-101);
    assertError(-2);
    assertEndOfResults();
  }

  @Test
  void manyReadsHaveAResultEach() {
    reply(
        OpCode.MULTI_READ,
        NOTHING,
        new Answer.Many(
            List.of(
                new Answer.Node(NODE), new Answer.Children(List.of("b"), NODE), new Answer.Failed(ErrorCode.NO_AUTH)),
            true));
    assertEquals(new ReplyHeader(XID, ZXID, 0), read(new ReplyHeader()));
    assertResult(OpCode.GET_DATA, new GetDataResponse(DATA, expected(NODE.stat())), new GetDataResponse());
    assertResult(OpCode.GET_CHILDREN, new GetChildrenResponse(List.of("b")), new GetChildrenResponse());
    assertError(-102);
    assertEndOfResults();
  }

  @Test
  void anEventHasItsKindsNumber() {
    List<NodeEvent.Kind> kinds = List.of(
        NodeEvent.Kind.CREATED, NodeEvent.Kind.DELETED, NodeEvent.Kind.DATA_CHANGED, NodeEvent.Kind.CHILDREN_CHANGED);
    for (int i = 0; i < kinds.size(); i++) {
      ReplyEncoder.event(out, ZXID, kinds.get(i), "/ä");
      assertEquals(out.readableBytes() - Integer.BYTES, out.readInt());
      assertEquals(new ReplyHeader(-1, ZXID, 0), read(new ReplyHeader()));
      assertEquals(new WatcherEvent(i + 1, 3, "/ä"), read(new WatcherEvent()));
    }
  }

  @Test
  void framesFollowOneAnother() {
    ReplyEncoder.error(out, 1, 2, ErrorCode.OK);
    ReplyEncoder.error(out, 3, 4, ErrorCode.AUTH_FAILED);
    out.readInt();
    assertEquals(new ReplyHeader(1, 2, 0), read(new ReplyHeader()));
    assertEquals(16, out.readInt());
    assertEquals(new ReplyHeader(3, 4, -115), read(new ReplyHeader()));
  }
}
