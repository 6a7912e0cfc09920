package troupe.session;

import java.util.List;
import java.util.OptionalInt;
import troupe.tree.ErrorCode;
import troupe.tree.Operation;

/** What a client asks of its session. Answers come in the order of requests. */
public sealed interface ClientRequest {

  /** Answered from one state of the tree. */
  sealed interface Read extends ClientRequest {
    /** Whether the client wants to be told when that changes. */
    default boolean watch() {
      return false;
    }
  }

  record GetData(String path, boolean watch) implements Read {}

  record Exists(String path, boolean watch) implements Read {}

  record GetChildren(String path, boolean watch) implements Read {}

  record GetAcl(String path) implements Read {}

  /** How many nodes are below this one. */
  record CountDescendants(String path) implements Read {}

  /** The session's own ephemeral nodes whose path begins like this. */
  record GetEphemerals(String prefix) implements Read {}

  record WhoAmI() implements Read {}

  record Ping() implements Read {}

  /**
   * Several reads of one state; only {@link GetData} and {@link GetChildren}, and without watches.
   *
   * @param complete false: what came behind makes no sense, and the client is told so beside the answers
   */
  record ReadMany(List<Read> reads, boolean complete) implements Read {
    public ReadMany {
      reads = List.copyOf(reads);
    }
  }

  /** A request that cannot be answered otherwise, in its turn. */
  record Fail(ErrorCode reason) implements Read {}

  /**
   * @param cxid the client's number for it
   * @param heardUpTo as in {@link troupe.tree.Request}
   */
  record Write(int cxid, Operation operation, OptionalInt heardUpTo) implements ClientRequest {
    public Write(int cxid, Operation operation) {
      this(cxid, operation, OptionalInt.empty());
    }
  }

  /** Everything that was committed anywhere before this is to be seen by what comes after. */
  record Sync(int cxid) implements ClientRequest {}

  /** Everything that any client anywhere was told of before this is to be seen by what comes after. */
  record ReadIndex(int cxid) implements ClientRequest {}

  /** Answered by the watch registry. */
  sealed interface WatchRequest extends ClientRequest {}

  /** A watch that stays. */
  record AddWatch(String path, boolean recursive) implements WatchRequest {}

  /** Is there such a watch? */
  record CheckWatch(String path, WatchType type) implements WatchRequest {}

  record RemoveWatch(String path, WatchType type) implements WatchRequest {}

  /**
   * A client that was away sets its watches again.
   *
   * @param since the last zxid that it has seen: what changed after it is told at once
   * @param complete false: what came behind could not be read, and the client is told so once this is done
   */
  record SetWatches(
      long since,
      List<String> data,
      List<String> exist,
      List<String> child,
      List<String> persistent,
      List<String> recursive,
      boolean complete) implements WatchRequest {
    public SetWatches {
      data = List.copyOf(data);
      exist = List.copyOf(exist);
      child = List.copyOf(child);
      persistent = List.copyOf(persistent);
      recursive = List.copyOf(recursive);
    }
  }

  /** Kinds of watches, for asking and removing. */
  enum WatchType {
    CHILDREN,
    DATA,
    ANY,
    PERSISTENT,
    RECURSIVE
  }
}
