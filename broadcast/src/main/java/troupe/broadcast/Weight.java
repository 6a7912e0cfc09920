package troupe.broadcast;

import java.util.List;
import troupe.tree.Acl;
import troupe.tree.Change;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Request;

/**
 * What requests and changes take on the wire, in bytes: never less than that, and cheap to compute. Links lose a
 * message that is too large, and would lose it again each time that a learner comes back.
 */
public final class Weight {
  private static final long RECORD = 64; // numbers, tags and lengths
  private static final long ELEMENT = 16; // the same, in a list
  private static final long CHARACTER = 3; // in UTF-8, at most

  private Weight() {}

  /** In a message to the leader. */
  public static long of(Request request) {
    return RECORD + identities(request.requester().identities()) + of(request.operation());
  }

  private static long of(Operation operation) {
    return RECORD + switch (operation) {
      case Operation.Create create -> text(create.path()) + create.data().length + entries(create.acl());
      case Operation.Delete delete -> text(delete.path());
      case Operation.SetData set -> text(set.path()) + set.data().length;
      case Operation.SetAcl set -> text(set.path()) + entries(set.acl());
      case Operation.Check check -> text(check.path());
      case Operation.Multi multi -> multi.operations().stream().mapToLong(Weight::of).sum();
      case Operation.OpenSession open -> 0;
      case Operation.CloseSession close -> 0;
      case Operation.DeleteContainer delete -> text(delete.path());
      case Operation.Refused refused -> 0;
    };
  }

  /** In a transaction of its own, or in a multi. */
  static long of(Change change) {
    return RECORD + switch (change) {
      case Change.CreateNode create -> text(create.path()) + create.data().length + entries(create.acl().entries());
      case Change.DeleteNode delete -> text(delete.path());
      case Change.SetNodeData set -> text(set.path()) + set.data().length;
      case Change.SetNodeAcl set -> text(set.path()) + entries(set.acl().entries());
      case Change.Checked checked -> 0;
      case Change.Several several -> several.changes().stream().mapToLong(Weight::of).sum();
      case Change.SessionOpened opened -> 0;
      case Change.SessionClosed closed -> closed.ephemerals().stream().mapToLong(path -> ELEMENT + text(path)).sum();
      case Change.Failed failed -> 0;
      case Change.SeveralFailed failed -> ELEMENT * failed.reasons().size();
    };
  }

  private static long entries(List<Acl.Entry> acl) {
    long weight = 0;
    for (Acl.Entry entry : acl) {
      weight += ELEMENT + identity(entry.who());
    }
    return weight;
  }

  private static long identities(List<Identity> identities) {
    long weight = 0;
    for (Identity identity : identities) {
      weight += identity(identity);
    }
    return weight;
  }

  private static long identity(Identity identity) {
    return ELEMENT + text(identity.scheme()) + text(identity.id());
  }

  private static long text(String text) {
    return CHARACTER * text.length();
  }
}
