package troupe.tree;

import java.util.List;

/** What a transaction came to, for the client that asked. */
public sealed interface Outcome {
  record Created(String path, Stat stat) implements Outcome {}

  record Deleted() implements Outcome {}

  record DataSet(Stat stat) implements Outcome {}

  record AclSet(Stat stat) implements Outcome {}

  record Checked() implements Outcome {}

  record SessionOpened(SessionInfo session) implements Outcome {}

  record SessionClosed() implements Outcome {}

  record Failed(ErrorCode reason) implements Outcome {}

  /** One outcome for each operation of a multi, whether it was done or not. */
  record Several(List<Outcome> outcomes) implements Outcome {
    public Several {
      outcomes = List.copyOf(outcomes);
    }
  }
}
