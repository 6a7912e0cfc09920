package troupe.links;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import troupe.broadcast.Conversation;
import troupe.broadcast.FromLeader;
import troupe.broadcast.FromLearner;
import troupe.broadcast.Notice;
import troupe.election.Election;
import troupe.election.Round;
import troupe.election.Vote;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.persistence.SnapshotRef;
import troupe.tree.Acl;
import troupe.tree.Change;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;
import troupe.tree.Requester;
import troupe.tree.Transaction;
import troupe.tree.Znode;

class PeerCodecTest {
  private static final ServerId SELF = new ServerId(254);
  private static final Zxid LARGEST = new Zxid(0xFFFF_FFFFL, 0xFFFF_FFFFL);
  private static final Zxid SMALL = new Zxid(1, 2);

  private static Stream<Election.Notification> notifications() {
    return Stream.of(
        new Election.Notification(SELF, new Round(Long.MAX_VALUE), Optional.empty(), true),
        new Election.Notification(SELF, new Round(1), Optional.of(new Vote(new ServerId(1), 7, LARGEST)), false));
  }

  private static Stream<FromLearner.Message> ofLearners() {
    return Stream.of(
        new FromLearner.LearnerInfo(0),
        new FromLearner.LearnerInfo(0xFFFF_FFFFL),
        new FromLearner.AckEpoch(4, true, 3, LARGEST),
        new FromLearner.AckEpoch(0, false, 0, Zxid.ZERO),
        new FromLearner.AckNewLeader(),
        new FromLearner.Ack(SMALL),
        new FromLearner.Ack(Zxid.ZERO),
        new FromLearner.PartStored(),
        new FromLearner.Sync(Long.MIN_VALUE, Integer.MIN_VALUE),
        new FromLearner.ReadIndex(Long.MIN_VALUE, Integer.MIN_VALUE),
        new FromLearner.Claim(-5, 6, new Password(Long.MIN_VALUE, 7), false),
        new FromLearner.Claim(5, -6, new Password(8, 9), true),
        new FromLearner.Touch(Map.of(Long.MIN_VALUE, 0, 5L, 30_000)),
        new FromLearner.Touch(Map.of()),
        new FromLearner.Forward(List.of(
            new Request(new Requester(1, List.of()), 3, new Operation.CloseSession(), OptionalInt.of(-2)))),
        new FromLearner.Forward(List.of(request(new Operation.CloseSession()), request(new Operation.Delete("/a", -1)))),
        new FromLearner.Alive(),
        new FromLearner.Alive(Long.MAX_VALUE),
        new FromLearner.Leave());
  }

  private static Stream<FromLeader.Message> ofLeaders() {
    Batch batch = Batch.of(List.of(new Transaction(SMALL, 5, 6, 7, new Change.DeleteNode("/a"), OptionalInt.of(-4))), 9);
    return Stream.of(
        new FromLeader.LeaderInfo(8),
        new FromLeader.Truncate(Zxid.ZERO),
        new FromLeader.Truncate(LARGEST),
        new FromLeader.SnapshotPart(
            new SnapshotRef(SMALL, 0, "snapshot.1", Long.MIN_VALUE), ByteString.copyFromUtf8("bytes"), true),
        new FromLeader.SnapshotPart(new SnapshotRef(SMALL, 0, "snapshot.1", 1), ByteString.EMPTY, false),
        new FromLeader.Propose(Zxid.ZERO, batch),
        new FromLeader.NewLeader(0),
        new FromLeader.UpToDate(SMALL),
        new FromLeader.Commit(LARGEST),
        new FromLeader.Tell(List.of(
            new Notice.Synced(1, 0), new Notice.Refused(-2, 3, ErrorCode.SESSION_MOVED), new Notice.Moved(4))),
        new FromLeader.Ping(),
        new FromLeader.Ping(Long.MAX_VALUE),
        new FromLeader.Leave());
  }

  private static Stream<PeerMessage> messages() {
    Conversation conversation = new Conversation(Long.MIN_VALUE);
    return Stream.of(
            notifications(),
            ofLearners().map(message -> new FromLearner(SELF, conversation, 0, message)),
            ofLeaders().map(message -> new FromLeader(new ServerId(1), conversation, Long.MAX_VALUE, message)))
        .flatMap(all -> all);
  }

  private static Request request(Operation operation) {
    return new Request(new Requester(-9, List.of(new Identity("digest", "a:b"), Identity.ANYONE)), -1, operation);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyMessageComesBack(PeerMessage message) throws InvalidProtocolBufferException {
    assertEquals(message, PeerCodec.decode(PeerCodec.encode(message)));
  }

  @Test
  void noKindOfMessageIsForgottenHere() {
    assertEquals(Set.of(FromLearner.Message.class.getPermittedSubclasses()), kinds(ofLearners()));
    assertEquals(Set.of(FromLeader.Message.class.getPermittedSubclasses()), kinds(ofLeaders()));
  }

  private static Set<Class<?>> kinds(Stream<?> messages) {
    Set<Class<?>> kinds = new HashSet<>();
    messages.forEach(message -> kinds.add(message.getClass()));
    return kinds;
  }

  private static Stream<Operation> operations() {
    List<Acl.Entry> acl = List.of(
        new Acl.Entry(31, Identity.ANYONE), new Acl.Entry(-1, new Identity("ip", "10.0.0.0/8")));
    return Stream.of(
        new Operation.Create("/ü\ud83d\ude00", new byte[] {0, -1}, acl, 6, Operation.Create.Kind.TTL, 5),
        new Operation.Create("", new byte[0], List.of(), -1, Operation.Create.Kind.CONTAINER, -1),
        new Operation.Delete("/a", Integer.MIN_VALUE),
        new Operation.SetData("/a", new byte[] {1}, 2),
        new Operation.SetAcl("/a", acl, 3),
        new Operation.Check("/a", -1),
        new Operation.Multi(List.of(new Operation.Check("/b", 4), new Operation.Multi(List.of()))),
        new Operation.OpenSession(Integer.MAX_VALUE, new Password(1, -1)),
        new Operation.CloseSession(),
        new Operation.DeleteContainer("/c"),
        new Operation.Refused(ErrorCode.UNIMPLEMENTED));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyRequestComesBack(Operation operation) throws InvalidProtocolBufferException {
    Request back = again(operation);
    assertEquals(request(operation).requester(), back.requester());
    assertEquals(-1, back.cxid());
    assertEquals(described(operation), described(back.operation()));
  }

  @Test
  void noKindOfRequestIsForgottenHere() {
    assertEquals(Set.of(Operation.class.getPermittedSubclasses()), kinds(operations()));
  }

  @Test
  void whatARequestDoesNotHaveIsNotTheSameAsEmpty() throws InvalidProtocolBufferException {
    Operation.Create create = (Operation.Create) again(new Operation.Create(Operation.MISSING, Znode.NO_DATA,
        List.of(new Acl.Entry(1, new Identity("digest", Operation.MISSING))), 0, Operation.Create.Kind.PLAIN, -1))
        .operation();
    assertSame(Operation.MISSING, create.path());
    assertSame(Znode.NO_DATA, create.data());
    assertSame(Operation.MISSING, create.acl().getFirst().who().id());
    assertSame(Operation.MISSING, ((Operation.Check) again(new Operation.Check(Operation.MISSING, 1)).operation()).path());
  }

  private static Request again(Operation operation) throws InvalidProtocolBufferException {
    FromLearner sent = new FromLearner(
        SELF, new Conversation(1), 2, new FromLearner.Forward(List.of(request(operation))));
    FromLearner back = (FromLearner) PeerCodec.decode(PeerCodec.encode(sent));
    return ((FromLearner.Forward) back.message()).requests().getFirst();
  }

  /** With the bytes' content in place of the array. */
  private static String described(Operation operation) {
    return switch (operation) {
      case Operation.Create c ->
          c.path() + Arrays.toString(c.data()) + c.acl() + c.flags() + c.kind() + c.ttl();
      case Operation.SetData s -> s.path() + Arrays.toString(s.data()) + s.version();
      case Operation.OpenSession o -> o.timeout() + Arrays.toString(o.password().bytes());
      default -> operation.toString();
    };
  }

  @Test
  void whatIsNoMessageIsRefusedAndNothingWorse() {
    Random random = new Random(1);
    List<PeerMessage> messages = messages().toList();
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = PeerCodec.encode(messages.get(random.nextInt(messages.size())));
      int flips = 1 + random.nextInt(3);
      for (int flip = 0; flip < flips && bytes.length > 0; flip++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        PeerCodec.decode(bytes);
      } catch (InvalidProtocolBufferException expected) {
        // any other exception fails the test
      }
    }
    assertThrows(InvalidProtocolBufferException.class, () -> PeerCodec.decode(new byte[0]));
  }
}
