package troupe.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.util.ByteString;

/**
 * What a session can be asked to do. Operations of one session are done in the order in which they were asked. One thing only
 * is different for those whose server was lost: a read without an answer is asked again, and then may see what its session has
 * asked behind it, if that was done already.
 *
 * @param <R> what it comes to
 */
public sealed interface Operation<R extends Answer> {
  /** Fails, or demands nothing, by this version. */
  int ANY_VERSION = -1;

  /** Answered from one state of the tree; changes nothing. */
  sealed interface Read<R extends Answer> extends Operation<R> {
    Consistency consistency();
  }

  /** May be one of several within a {@link ReadMany}. */
  sealed interface Part<R extends Answer> extends Read<R> {}

  /** Changes one znode, or sees to it that it is as it should be; alone or within a {@link Commit}. */
  sealed interface Change<R extends Answer> extends Operation<R> {
    String path();
  }

  /**
   * Create a znode.
   *
   * @param ttl none but for a persistent one: it is deleted when it has had no children and its data was not set for so long
   */
  record Create(String path, ByteString data, CreateMode mode, List<Acl> acl, Optional<Duration> ttl)
      implements Change<Answer.Created> {
    public Create {
      acl = List.copyOf(acl);
    }

    public Create(String path, ByteString data, CreateMode mode) {
      this(path, data, mode, Acl.OPEN, Optional.empty());
    }
  }

  /** @param version the data version that it must have, or {@link #ANY_VERSION} */
  record Delete(String path, int version) implements Change<Answer.Deleted> {
    public Delete(String path) {
      this(path, ANY_VERSION);
    }
  }

  /** @param version the data version that it must have, or {@link #ANY_VERSION} */
  record SetData(String path, ByteString data, int version) implements Change<Answer.DataSet> {
    public SetData(String path, ByteString data) {
      this(path, data, ANY_VERSION);
    }
  }

  /** Within a {@link Commit}: it fails unless the znode is there, with this data version or {@link #ANY_VERSION}. */
  record Check(String path, int version) implements Change<Answer.Checked> {}

  /** @param version the ACL version that it must have, or {@link #ANY_VERSION} */
  record SetAcl(String path, List<Acl> acl, int version) implements Operation<Answer.AclSet> {
    public SetAcl {
      acl = List.copyOf(acl);
    }
  }

  /** All of these or none; see {@link Transaction}. */
  record Commit(List<Change<?>> changes) implements Operation<Answer.Committed> {
    public Commit {
      changes = List.copyOf(changes);
    }
  }

  record GetData(String path, Consistency consistency) implements Part<Answer.Node> {}

  record Exists(String path, Consistency consistency) implements Read<Answer.Existence> {}

  record GetChildren(String path, Consistency consistency) implements Part<Answer.Children> {}

  record GetAcl(String path, Consistency consistency) implements Read<Answer.AclOf> {}

  record CountDescendants(String path, Consistency consistency) implements Read<Answer.Count> {}

  /** The session's own ephemeral znodes whose path begins like this. */
  record GetEphemerals(String prefix, Consistency consistency) implements Read<Answer.Paths> {}

  /** Several reads of one and the same state, each with its own answer. */
  record ReadMany(List<Part<?>> parts) implements Read<Answer.Many> {
    public ReadMany {
      parts = List.copyOf(parts);
    }

    /** Linearizable if one of its parts is. */
    @Override
    public Consistency consistency() {
      return parts.stream().anyMatch(part -> part.consistency() == Consistency.LINEARIZABLE)
          ? Consistency.LINEARIZABLE
          : Consistency.SEQUENTIAL;
    }
  }

  /** What this session has proved to the server, as ACLs see it. */
  record WhoAmI() implements Read<Answer.Identities> {
    @Override
    public Consistency consistency() {
      return Consistency.SEQUENTIAL;
    }
  }

  /** What was committed anywhere before the leader hears of this is seen by what this session asks afterwards. */
  record Sync() implements Operation<Answer.Synced> {}

  /**
   * Prove an identity, for everything asked afterwards, and again to each server to which the session moves.
   *
   * @param scheme {@code digest} is the one that there is
   * @param credentials of digest {@code user:password}
   */
  record AddAuth(String scheme, ByteString credentials) implements Operation<Answer.Authenticated> {
    /** A secret is not logged. */
    @Override
    public String toString() {
      return "AddAuth[" + scheme + "]";
    }
  }
}
