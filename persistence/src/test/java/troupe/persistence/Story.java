package troupe.persistence;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import troupe.ensemble.Zxid;
import troupe.persistence.wire.JournalRecord;
import troupe.persistence.wire.Payload;
import troupe.tree.Acl;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.Identity;
import troupe.tree.Owner;
import troupe.tree.Password;
import troupe.tree.SessionInfo;
import troupe.tree.Transaction;
import troupe.tree.Znode;

/** A history for tests: what happened, batch by batch, and the tree it leads to. */
final class Story {
  static final long SESSION = 1L << 56 | 3;
  static final long OTHER = 200L << 56 | 4;
  static final Acl GUARDED = Acl.of(List.of(
      new Acl.Entry(31, new Identity("digest", "alice:hash")), new Acl.Entry(1, Identity.ANYONE)));

  private DataTree tree = DataTree.initial();
  private final List<Batch> batches = new ArrayList<>();

  DataTree tree() {
    return tree;
  }

  List<Batch> batches() {
    return batches;
  }

  /** One batch more, in the epoch of the last one, or the first. */
  Batch batch(Change... changes) {
    Zxid zxid = tree.lastZxid().equals(Zxid.ZERO) ? new Zxid(1, 0) : tree.lastZxid();
    List<Transaction> transactions = new ArrayList<>();
    for (Change change : changes) {
      zxid = zxid.next();
      Transaction transaction = new Transaction(zxid, SESSION, 1, 1_700_000_000_000L + zxid.counter(), change);
      tree = tree.apply(transaction).tree();
      transactions.add(transaction);
    }
    Batch batch = Batch.of(transactions, tree.digest());
    batches.add(batch);
    return batch;
  }

  /** Another one that has been the same so far. */
  Story copy() {
    Story copy = new Story();
    copy.tree = tree;
    copy.batches.addAll(batches);
    return copy;
  }

  /** Batches of one to three transactions that create nodes. */
  Story grow(int howMany) {
    for (int i = 0; i < howMany; i++) {
      String name = "/n" + batches.size();
      switch (batches.size() % 3) {
        case 0 -> batch(create(name));
        case 1 -> batch(create(name), create(name + "/child"));
        default -> batch(create(name), create(name + "/child"), new Change.DeleteNode(name + "/child"));
      }
    }
    return this;
  }

  /** A tree with everything in it that a snapshot has to keep. */
  Story everything() {
    batch(new Change.SessionOpened(new SessionInfo(30_000, new Password(-5, 6))));
    batch(
        create("/plain"), create("/plain/a"), create("/plain/a/b"), create("/plain/a/b/c"), create("/plain/z"),
        new Change.CreateNode("/none", Znode.NO_DATA, Acl.OPEN, Owner.NONE),
        new Change.CreateNode("/empty", new byte[0], Acl.OPEN, Owner.NONE),
        new Change.CreateNode("/guarded", new byte[] {1, 2}, GUARDED, Owner.NONE),
        new Change.CreateNode("/guarded/too", new byte[] {3}, GUARDED, Owner.NONE),
        new Change.CreateNode("/read", new byte[0], Acl.READ_ONLY, Owner.NONE),
        new Change.CreateNode("/mine", new byte[0], Acl.OPEN, SESSION),
        new Change.CreateNode("/others", new byte[0], Acl.OPEN, OTHER),
        new Change.CreateNode("/container", new byte[0], Acl.OPEN, Owner.CONTAINER),
        new Change.CreateNode("/ttl", new byte[0], Acl.OPEN, 0xFF00_0000_0000_0000L | 500),
        new Change.SetNodeData("/plain", new byte[300_000], 1),
        new Change.SetNodeAcl("/plain/a", GUARDED, 1),
        new Change.DeleteNode("/plain/z"));
    return this;
  }

  static Change create(String path) {
    return new Change.CreateNode(path, path.getBytes(), Acl.OPEN, Owner.NONE);
  }

  /** As the log's actor leaves them in the journal. */
  static JournalStore.Event stored(long sequenceNr, TransactionLog.Event event) {
    LogSerializer serializer = new LogSerializer();
    Payload payload = Payload.newBuilder()
        .setSerializerId(serializer.identifier())
        .setManifest(serializer.manifest(event))
        .setContent(ByteString.copyFrom(serializer.toBinary(event)))
        .build();
    return new JournalStore.Event(TransactionLog.PERSISTENCE_ID.id(), sequenceNr,
        JournalRecord.newBuilder().setEvent(payload).build().toByteString());
  }

  /** These batches, behind what is in the journal already. */
  static void append(JournalStore journal, List<Batch> batches) {
    long highest = journal.highestSequenceNr(TransactionLog.PERSISTENCE_ID.id());
    journal.write(LongStream.range(0, batches.size())
        .mapToObj(i -> stored(highest + 1 + i, new TransactionLog.Appended(batches.get((int) i)))).toList());
  }

  /** What a tree holds, line by line. */
  static List<String> contents(DataTree tree) {
    List<String> lines = new ArrayList<>();
    tree.forEachSession((id, session) -> lines.add(
        "session " + id + " " + session.timeout() + " " + session.password().high() + " " + session.password().low()));
    tree.forEachNode((depth, name, node) -> lines.add(depth + " " + name + " " + node.stat() + " " + node.owner() + " "
        + node.creations() + " " + node.acl() + (node.data() == Znode.NO_DATA ? " none" : " data")
        + Arrays.hashCode(node.data())));
    lines.sort(null); // the order of children is not the tree's promise
    lines.add(tree.lastZxid() + " " + tree.digest() + " " + tree.nodeCount() + " " + tree.dataSize());
    lines.add(tree.ephemeralsOf(SESSION) + " " + tree.ephemeralsOf(OTHER) + " " + tree.expired(Long.MAX_VALUE, 99));
    return lines;
  }
}
