package troupe.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.util.ByteString;

/**
 * Several changes that happen together or not at all. Each sees what those before it have done. Not for use by more than
 * one thread.
 *
 * <pre>{@code
 * client.transaction()
 *     .check("/config", 7)
 *     .create("/config/next", data, CreateMode.PERSISTENT)
 *     .delete("/config/last")
 *     .commit();
 * }</pre>
 */
public final class Transaction {
  private final TroupeClient client;
  private final List<Operation.Change<?>> changes = new ArrayList<>();

  Transaction(TroupeClient client) {
    this.client = client;
  }

  public Transaction add(Operation.Change<?> change) {
    changes.add(change);
    return this;
  }

  public Transaction create(String path, ByteString data, CreateMode mode) {
    return add(new Operation.Create(path, data, mode));
  }

  public Transaction delete(String path) {
    return add(new Operation.Delete(path));
  }

  /** @param version the data version that it must have, or {@link Operation#ANY_VERSION} */
  public Transaction delete(String path, int version) {
    return add(new Operation.Delete(path, version));
  }

  /** @param version the data version that it must have, or {@link Operation#ANY_VERSION} */
  public Transaction setData(String path, ByteString data, int version) {
    return add(new Operation.SetData(path, data, version));
  }

  /** @param version the data version that it must have, or {@link Operation#ANY_VERSION} to ask for the znode only */
  public Transaction check(String path, int version) {
    return add(new Operation.Check(path, version));
  }

  /** Fails with a {@link TroupeException} whose {@link Failure#operation} says which change could not be done. */
  public CompletionStage<Answer.Committed> commit() {
    return client.ask(new Operation.Commit(changes));
  }
}
