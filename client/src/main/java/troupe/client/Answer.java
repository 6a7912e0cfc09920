package troupe.client;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.util.ByteString;

/** What an {@link Operation} comes to when it is done. */
public sealed interface Answer {
  /** Of a write the transaction that it was; of a read the last one in the state that was read. */
  long zxid();

  /** @param path with its number, if it is sequential */
  record Created(String path, Stat stat, long zxid) implements Answer {
    /** A token of this very znode; see {@link Fence}. */
    public Fence fence() {
      return new Fence(path, stat.czxid());
    }
  }

  record Deleted(long zxid) implements Answer {}

  record DataSet(Stat stat, long zxid) implements Answer {}

  record AclSet(Stat stat, long zxid) implements Answer {}

  /** Of a {@link Operation.Check} within a transaction. */
  record Checked(long zxid) implements Answer {}

  /** @param effects one for each operation, in their order */
  record Committed(List<Answer> effects, long zxid) implements Answer {
    public Committed {
      effects = List.copyOf(effects);
    }
  }

  record Node(ByteString data, Stat stat, long zxid) implements Answer {}

  /** @param stat none: there is no such znode */
  record Existence(Optional<Stat> stat, long zxid) implements Answer {}

  /** @param names in no order */
  record Children(List<String> names, Stat stat, long zxid) implements Answer {
    public Children {
      names = List.copyOf(names);
    }
  }

  record AclOf(List<Acl> acl, Stat stat, long zxid) implements Answer {
    public AclOf {
      acl = List.copyOf(acl);
    }
  }

  /** @param number of all znodes below, at any depth */
  record Count(int number, long zxid) implements Answer {}

  record Paths(List<String> paths, long zxid) implements Answer {
    public Paths {
      paths = List.copyOf(paths);
    }
  }

  /** @param results one for each part, in their order */
  record Many(List<Result<?>> results, long zxid) implements Answer {
    public Many {
      results = List.copyOf(results);
    }
  }

  record Identities(List<Identity> identities, long zxid) implements Answer {
    public Identities {
      identities = List.copyOf(identities);
    }
  }

  /**
   * Who somebody is, under one scheme.
   *
   * @param scheme such as {@code ip}, {@code digest}, {@code super}
   * @param user for people; of digest the name without the password
   */
  record Identity(String scheme, String user) {}

  record Synced(long zxid) implements Answer {}

  record Authenticated(long zxid) implements Answer {}
}
