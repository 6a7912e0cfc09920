package troupe.gateway;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.session.Answer;
import troupe.session.ClientRequest;
import troupe.tree.Acl;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Outcome;
import troupe.tree.Permissions;

/**
 * A line for everything that a client has changed, or tried to: who, from where, what, to which znode, with what result.
 * Fields and their form are ZooKeeper's (AuditEvent, AuditHelper), so that what reads its audit log reads this one.
 * Unlike there, what goes with the end of a session is not listed node by node.
 */
final class AuditTrail {
  /** Where the lines go; operators' acts are there too. */
  static final Logger LOG = LoggerFactory.getLogger("troupe.audit");

  private static final List<String> CREATE_MODES = List.of("persistent", "ephemeral", "persistent_sequential",
      "ephemeral_sequential", "container", "persistent_with_ttl", "persistent_sequential_with_ttl");

  private AuditTrail() {}

  /** A request has its answer. Reads leave no trace. */
  static void answered(
      OptionalLong session, List<Identity> who, InetSocketAddress client, ClientRequest request, Answer answer) {
    if (!(request instanceof ClientRequest.Write write)) {
      return;
    }
    String asker = "session=0x" + Long.toHexString(session.orElse(0)) + "\tuser=" + clean(users(who))
        + "\tip=" + client.getAddress().getHostAddress();
    Outcome outcome = answer instanceof Answer.Written written ? written.outcome() : null;
    if (write.operation() instanceof Operation.Multi multi) {
      trace(asker, multi, outcome);
    } else {
      trace(asker, write.operation(), outcome);
    }
  }

  /** One that was done is the sum of its parts. */
  private static void trace(String asker, Operation.Multi multi, Outcome outcome) {
    if (outcome instanceof Outcome.Several several && several.outcomes().stream().noneMatch(AuditTrail::hasFailed)) {
      for (int i = 0; i < multi.operations().size(); i++) {
        trace(asker, multi.operations().get(i), several.outcomes().get(i));
      }
    } else {
      line(asker, "multiOperation", "", "", "", "failure");
    }
  }

  private static void trace(String asker, Operation operation, Outcome outcome) {
    String result = outcome == null || hasFailed(outcome) ? "failure" : "success";
    switch (operation) {
      case Operation.Create create -> line(asker, "create",
          outcome instanceof Outcome.Created created ? created.path() : create.path(), mode(create), "", result);
      case Operation.Delete delete -> line(asker, "delete", delete.path(), "", "", result);
      case Operation.SetData set -> line(asker, "setData", set.path(), "", "", result);
      case Operation.SetAcl set -> line(asker, "setAcl", set.path(), "", text(set.acl()), result);
      case Operation.Check check -> {}
      case Operation.CloseSession close -> {}
      case Operation.OpenSession open -> {}
      case Operation.DeleteContainer own -> {}
      case Operation.Refused refused -> {}
      case Operation.Multi inner -> throw new IllegalStateException("a multi within a multi");
    }
  }

  private static boolean hasFailed(Outcome outcome) {
    return outcome instanceof Outcome.Failed;
  }

  private static String mode(Operation.Create create) {
    return create.flags() >= 0 && create.flags() < CREATE_MODES.size() ? CREATE_MODES.get(create.flags()) : "";
  }

  private static String text(List<Acl.Entry> acl) {
    return acl.stream()
        .map(entry -> entry.who().scheme() + ":" + entry.who().user() + ":" + Permissions.letters(entry.permissions()))
        .collect(Collectors.joining(","));
  }

  private static String users(List<Identity> who) {
    return who.stream().map(Identity::user).collect(Collectors.joining(","));
  }

  private static void line(String asker, String operation, String path, String mode, String acl, String result) {
    LOG.info("{}\toperation={}{}{}{}\tresult={}", asker, operation, field("znode", path),
        field("znode_type", mode), field("acl", acl), result);
  }

  private static String field(String name, String value) {
    return value.isEmpty() || value.equals(Operation.MISSING) ? "" : "\t" + name + "=" + clean(value);
  }

  /** What a client sent must not look like another field or line. */
  private static String clean(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
