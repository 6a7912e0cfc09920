package troupe.session;

import java.util.List;
import troupe.tree.Acl;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Outcome;
import troupe.tree.Znode;

/** What a session answers. A {@link Znode} is a value, so the connection takes from it what its client asked for. */
public sealed interface Answer {
  /** {@code GetData}, {@code Exists}. */
  record Node(Znode node) implements Answer {}

  record Children(List<String> names, Znode node) implements Answer {}

  /** @param entries the ACL as this client may see it */
  record AclOf(List<Acl.Entry> entries, Znode node) implements Answer {}

  record Count(int number) implements Answer {}

  record Paths(List<String> paths) implements Answer {}

  record Identities(List<Identity> identities) implements Answer {}

  /**
   * One for each of the reads.
   *
   * @param complete false: the request went on with something that makes no sense
   */
  record Many(List<Answer> answers, boolean complete) implements Answer {}

  /** A write, done or refused. */
  record Written(Outcome outcome) implements Answer {}

  /** Ping, sync, and what is asked of the watch registry. */
  record Done() implements Answer {}

  record Failed(ErrorCode reason) implements Answer {}
}
