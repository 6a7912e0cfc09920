package troupe.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import troupe.session.Answer;
import troupe.session.ClientRequest;
import troupe.tree.Acl;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Operation.Create.Kind;
import troupe.tree.Outcome;
import troupe.tree.Permissions;

/** Lines as ZooKeeper's Slf4JAuditLogger writes them. */
class AuditTrailTest {
  private static final String WHO = "session=0x1f\tuser=10.0.0.7,anna\tip=10.0.0.7\t";
  private static final Outcome DELETED = new Outcome.Deleted();
  private static final Outcome REFUSED = new Outcome.Failed(ErrorCode.NO_AUTH);

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    ((Logger) AuditTrail.LOG).addAppender(lines);
  }

  @AfterEach
  void stop() {
    ((Logger) AuditTrail.LOG).detachAppender(lines);
  }

  private List<String> trace(ClientRequest request, Answer answer) {
    AuditTrail.answered(
        OptionalLong.of(0x1f),
        List.of(new Identity("ip", "10.0.0.7"), new Identity("digest", "anna:hash")),
        new InetSocketAddress("10.0.0.7", 4711),
        request,
        answer);
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private List<String> trace(Operation operation, Outcome outcome) {
    return trace(new ClientRequest.Write(1, operation), new Answer.Written(outcome));
  }

  private static Operation create(String path, int flags) {
    return new Operation.Create(path, new byte[0], List.of(), flags, Kind.PLAIN, -1);
  }

  @Test
  void aCreationTellsThePathThatItGot() {
    assertEquals(
        List.of(WHO + "operation=create\tznode=/a-0000000001\tznode_type=persistent_sequential\tresult=success"),
        trace(create("/a-", 2), new Outcome.Created("/a-0000000001", null)));
  }

  @Test
  void whatWasRefusedLeavesATraceToo() {
    assertEquals(List.of(WHO + "operation=delete\tznode=/a\tresult=failure"),
        trace(new Operation.Delete("/a", -1), REFUSED));
  }

  @Test
  void anAclIsToldWithoutHashes() {
    Operation set = new Operation.SetAcl(
        "/a", List.of(new Acl.Entry(Permissions.ALL, new Identity("digest", "anna:hash"))), -1);
    assertEquals(List.of(WHO + "operation=setAcl\tznode=/a\tacl=digest:anna:cdrwa\tresult=failure"),
        trace(set, REFUSED));
  }

  @Test
  void aMultiIsTheSumOfItsPartsOrAFailure() {
    Operation multi = new Operation.Multi(List.of(
        new Operation.Check("/a", 1), new Operation.SetData("/a", new byte[0], 1), new Operation.Delete("/b", -1)));
    assertEquals(
        List.of(
            WHO + "operation=setData\tznode=/a\tresult=success",
            WHO + "operation=delete\tznode=/b\tresult=success"),
        trace(multi, new Outcome.Several(List.of(new Outcome.Checked(), new Outcome.DataSet(null), DELETED))));
    lines.list.clear();
    assertEquals(List.of(WHO + "operation=multiOperation\tresult=failure"),
        trace(multi, new Outcome.Several(List.of(REFUSED, REFUSED, REFUSED))));
  }

  @Test
  void aPathCannotForgeALine() {
    assertEquals(List.of(WHO + "operation=delete\tznode=/a?session=0x1\tresult=failure"),
        trace(new Operation.Delete("/a\nsession=0x1", -1), REFUSED));
  }

  @Test
  void readsLeaveNone() {
    assertEquals(List.of(), trace(new ClientRequest.GetData("/a", false), new Answer.Failed(ErrorCode.NO_NODE)));
  }
}
