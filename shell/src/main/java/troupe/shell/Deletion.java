package troupe.shell;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;

/** Deletes many nodes in the order given, some in each transaction and some transactions at a time. */
final class Deletion {
  private static final int UNDER_WAY = 10;

  /** A server takes requests of up to a megabyte, unless it is told. */
  private static final int BATCH_BYTES = 500_000;

  private record Batch(int size, CompletableFuture<Void> answer) {}

  private final Connection connection;
  private final ZooKeeper client;
  private final int batchSize;
  private final Progress progress;
  private final Queue<Batch> underWay = new ArrayDeque<>();
  private List<Op> batch = new ArrayList<>();
  private int bytes;
  private long done;

  Deletion(Connection connection, int batchSize, Progress progress)
      throws KeeperException, NoConnection, InterruptedException {
    this.connection = connection;
    this.client = connection.connected();
    this.batchSize = batchSize;
    this.progress = progress;
  }

  void delete(String path) throws KeeperException, InterruptedException {
    batch.add(Op.delete(path, -1));
    bytes += path.getBytes(StandardCharsets.UTF_8).length;
    if (batch.size() >= batchSize || bytes >= BATCH_BYTES) {
      send();
    }
  }

  private void send() throws KeeperException, InterruptedException {
    if (underWay.size() == UNDER_WAY) {
      awaitFirst();
    }
    List<Op> operations = batch;
    CompletableFuture<Void> answer = new CompletableFuture<>();
    client.multi(operations, (code, ignored, context, results) -> {
      if (code == Code.OK.intValue()) {
        answer.complete(null);
      } else {
        answer.completeExceptionally(reason(code, operations, results));
      }
    }, null);
    underWay.add(new Batch(operations.size(), answer));
    batch = new ArrayList<>();
    bytes = 0;
  }

  /** The first operation that failed has failed the others with it. */
  private static KeeperException reason(int code, List<Op> operations, List<OpResult> results) {
    for (int i = 0; results != null && i < results.size(); i++) {
      if (results.get(i) instanceof OpResult.ErrorResult failed
          && failed.getErr() != Code.OK.intValue()
          && failed.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
        return KeeperException.create(Code.get(failed.getErr()), operations.get(i).getPath());
      }
    }
    return KeeperException.create(Code.get(code));
  }

  private void awaitFirst() throws KeeperException, InterruptedException {
    Batch first = underWay.remove();
    connection.await(first.answer());
    done += first.size();
    progress.at(done);
  }

  /** Returns when all are deleted. */
  void finish() throws KeeperException, InterruptedException {
    if (!batch.isEmpty()) {
      send();
    }
    while (!underWay.isEmpty()) {
      awaitFirst();
    }
  }

  /** How many are known to be deleted. */
  long done() {
    return done;
  }
}
