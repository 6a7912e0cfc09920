package troupe.broadcast;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.tree.Acl;
import troupe.tree.Change;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;
import troupe.tree.Requester;
import troupe.tree.SessionInfo;
import troupe.tree.Transaction;

/** On the wire nothing is heavier than its weight. */
class WeightTest {
  private static final long TRANSACTION = 64;
  private final Random random = new Random(5);

  private String text() {
    String character = random.nextBoolean() ? "a" : "\u20ac";
    return character.repeat(random.nextInt(40));
  }

  private Acl acl() {
    return Acl.of(Stream.generate(() -> new Acl.Entry(random.nextInt(), new Identity(text(), text())))
        .limit(random.nextInt(4)).toList());
  }

  private Change change(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 10)) {
      case 0 -> new Change.CreateNode(text(), new byte[random.nextInt(100)], acl(), random.nextLong());
      case 1 -> new Change.DeleteNode(text());
      case 2 -> new Change.SetNodeData(text(), new byte[random.nextInt(100)], random.nextInt());
      case 3 -> new Change.SetNodeAcl(text(), acl(), random.nextInt());
      case 4 -> new Change.Checked();
      case 5 -> new Change.SessionOpened(
          new SessionInfo(random.nextInt(), new Password(random.nextLong(), random.nextLong())));
      case 6 -> new Change.SessionClosed(Stream.generate(this::text).limit(random.nextInt(20)).toList());
      case 7 -> new Change.Failed(ErrorCode.NODE_EXISTS);
      case 8 -> new Change.SeveralFailed(Collections.nCopies(random.nextInt(50), ErrorCode.RUNTIME_INCONSISTENCY));
      default -> new Change.Several(Stream.generate(() -> change(depth + 1)).limit(random.nextInt(20)).toList());
    };
  }

  @Test
  void ofABatchIsWhatItTakesOrMore() {
    for (int run = 0; run < 500; run++) {
      List<Transaction> transactions = new ArrayList<>();
      long weight = TRANSACTION; // the batch's own
      for (int i = 1 + random.nextInt(10); i > 0; i--) {
        Change change = change(0);
        weight += TRANSACTION + Weight.of(change);
        transactions.add(new Transaction(new Zxid(0xFFFF_FFFFL, 0xFFFF_FF00L + transactions.size()),
            random.nextLong(), random.nextInt(), random.nextLong(), change));
      }
      Batch batch = Batch.of(transactions, random.nextLong());
      assertTrue(batch.size() <= weight, () -> batch.size() + " bytes for " + transactions);
    }
  }

  @Test
  void ofARequestCountsWhatMakesItLarge() {
    Identity long100 = new Identity("digest", "x".repeat(100));
    List<Acl.Entry> acl = List.of(new Acl.Entry(1, long100));
    for (Operation operation : List.of(
        new Operation.Create("/", new byte[100], List.of(), 0, Operation.Create.Kind.PLAIN, -1),
        new Operation.Create("/", new byte[0], acl, 0, Operation.Create.Kind.PLAIN, -1),
        new Operation.SetData("/", new byte[100], -1),
        new Operation.SetAcl("/", acl, -1),
        new Operation.Delete("/" + "x".repeat(100), -1),
        new Operation.Multi(List.of(new Operation.Check("/" + "x".repeat(100), -1))))) {
      long weight = Weight.of(new Request(new Requester(7, List.of()), 1, operation));
      assertTrue(weight >= 200, operation + " weighs " + weight);
      assertTrue(Weight.of(new Request(new Requester(7, List.of(long100)), 1, operation)) >= weight + 100);
    }
  }
}
