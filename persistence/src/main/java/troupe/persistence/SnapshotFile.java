package troupe.persistence;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import troupe.ensemble.Zxid;
import troupe.persistence.wire.KeptOutcomeMessage;
import troupe.persistence.wire.SnapshotHeadMessage;
import troupe.persistence.wire.SnapshotNodeMessage;
import troupe.persistence.wire.SnapshotRecordMessage;
import troupe.persistence.wire.SnapshotSessionMessage;
import troupe.tree.Acl;
import troupe.tree.DataTree;
import troupe.tree.KeptOutcomes;
import troupe.tree.SessionInfo;
import troupe.tree.TreeBuilder;
import troupe.tree.Znode;

/** A tree to a file and back, in constant memory beside the tree. The format is in {@code log.proto}. */
final class SnapshotFile {
  private static final int BUFFER = 1 << 16;

  private SnapshotFile() {}

  /** Writes the tree; when this returns, the file is complete and stays. */
  static void write(DataTree tree, Path file) throws IOException {
    try (ChunkedFile.Writer writer = new ChunkedFile.Writer(file)) {
      OutputStream out = new BufferedOutputStream(writer, BUFFER);
      Recorder recorder = new Recorder(out);
      try {
        recorder.head(tree);
        tree.forEachSession((id, session) -> recorder.session(id, session, tree.outcomesOf(id)));
        tree.forEachNode(recorder::node);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      out.flush();
      writer.commit();
    }
  }

  private static final class Recorder {
    private final OutputStream out;
    private final Map<Acl, Integer> acls = new HashMap<>(Map.of(Acl.OPEN, 0));

    Recorder(OutputStream out) {
      this.out = out;
    }

    void head(DataTree tree) {
      record(SnapshotRecordMessage.newBuilder().setHead(SnapshotHeadMessage.newBuilder()
          .setLast(tree.lastZxid().toLong()).setDigest(tree.digest()).setNodes(tree.nodeCount())));
    }

    void session(long id, SessionInfo session, KeptOutcomes outcomes) {
      SnapshotSessionMessage.Builder message =
          SnapshotSessionMessage.newBuilder().setId(id).setSession(TransactionCodec.encode(session));
      outcomes.forEach((cxid, kept) -> message.addOutcomes(OutcomeCodec.encode(cxid, kept)));
      record(SnapshotRecordMessage.newBuilder().setSession(message));
    }

    void node(int depth, String name, Znode node) {
      SnapshotNodeMessage.Builder message = SnapshotNodeMessage.newBuilder()
          .setDepth(depth)
          .setName(name)
          .setAcl(number(node.acl()))
          .setCzxid(node.czxid())
          .setMzxid(node.mzxid())
          .setPzxid(node.pzxid())
          .setCtime(node.ctime())
          .setMtime(node.mtime())
          .setOwner(node.owner())
          .setVersion(node.version())
          .setCreations(node.creations())
          .setAversion(node.aversion());
      if (node.data() != Znode.NO_DATA) {
        message.setData(UnsafeByteOperations.unsafeWrap(node.data()));
      }
      record(SnapshotRecordMessage.newBuilder().setNode(message));
    }

    private int number(Acl acl) {
      Integer known = acls.get(acl);
      if (known != null) {
        return known;
      }
      record(SnapshotRecordMessage.newBuilder().setAcl(TransactionCodec.encode(acl)));
      acls.put(acl, acls.size());
      return acls.size() - 1;
    }

    void record(SnapshotRecordMessage.Builder message) {
      try {
        message.build().writeDelimitedTo(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** @throws CorruptSnapshotException if the file is damaged or is not what its head says */
  static DataTree read(Path file) throws IOException {
    TreeBuilder tree = new TreeBuilder();
    try {
      SnapshotHeadMessage head = forEach(file, new Visitor() {
        @Override
        public void head(SnapshotHeadMessage begins) {
          // Compared at the end.
        }

        @Override
        public void session(long id, SessionInfo session) {
          tree.session(id, session);
        }

        @Override
        public void outcome(long session, int cxid, KeptOutcomes.Kept kept) {
          tree.outcome(session, cxid, kept);
        }

        @Override
        public void node(int depth, String name, Znode node) {
          tree.node(depth, name, node);
        }
      });
      DataTree read = tree.build(Zxid.of(head.getLast()));
      compare(file, head, read.nodeCount(), read.digest());
      return read;
    } catch (IllegalArgumentException e) {
      throw new CorruptSnapshotException(file, 0, e.getMessage());
    }
  }

  /** Is shown what a file holds, in its order. An IllegalArgumentException says that it does not fit together. */
  interface Visitor {
    void head(SnapshotHeadMessage head) throws IOException;

    void session(long id, SessionInfo session) throws IOException;

    /** Of the session that was shown last: what became of a write. */
    default void outcome(long session, int cxid, KeptOutcomes.Kept kept) throws IOException {}

    void node(int depth, String name, Znode node) throws IOException;
  }

  /**
   * Reads a file to its end, in constant memory. That the nodes are those of the head is for the caller to compare.
   *
   * @return its head
   * @throws CorruptSnapshotException if the file is damaged
   */
  static SnapshotHeadMessage forEach(Path file, Visitor visitor) throws IOException {
    List<Acl> acls = new ArrayList<>(List.of(Acl.OPEN));
    try (InputStream in = new ChunkedFile.Reader(file)) {
      SnapshotRecordMessage first = SnapshotRecordMessage.parseDelimitedFrom(in);
      if (first == null || !first.hasHead()) {
        throw new CorruptSnapshotException(file, 0, "it does not begin with a head");
      }
      visitor.head(first.getHead());
      for (SnapshotRecordMessage record = SnapshotRecordMessage.parseDelimitedFrom(in);
          record != null;
          record = SnapshotRecordMessage.parseDelimitedFrom(in)) {
        switch (record.getRecordCase()) {
          case ACL -> acls.add(TransactionCodec.decode(record.getAcl()));
          case SESSION -> session(record.getSession(), visitor);
          case NODE -> visitor.node(
              record.getNode().getDepth(), record.getNode().getName(), decode(record.getNode(), acls));
          case HEAD, RECORD_NOT_SET ->
              throw new CorruptSnapshotException(file, 0, "a record that this version does not know");
        }
      }
      return first.getHead();
    } catch (IllegalArgumentException | IndexOutOfBoundsException | InvalidProtocolBufferException e) {
      throw new CorruptSnapshotException(file, 0, e.getMessage());
    }
  }

  private static void session(SnapshotSessionMessage message, Visitor visitor) throws IOException {
    visitor.session(message.getId(), TransactionCodec.decode(message.getSession()));
    for (KeptOutcomeMessage each : message.getOutcomesList()) {
      visitor.outcome(message.getId(), each.getCxid(), OutcomeCodec.decode(each));
    }
  }

  /** @throws CorruptSnapshotException unless the head announced these nodes */
  static void compare(Path file, SnapshotHeadMessage head, int nodes, long digest) throws CorruptSnapshotException {
    if (digest != head.getDigest() || nodes != head.getNodes()) {
      throw new CorruptSnapshotException(file, 0, "its " + nodes + " nodes are not the " + head.getNodes()
          + " that were written, or not with the same content");
    }
  }

  private static Znode decode(SnapshotNodeMessage node, List<Acl> acls) {
    return new Znode(
        node.hasData() ? node.getData().toByteArray() : Znode.NO_DATA,
        acls.get(node.getAcl()),
        node.getCzxid(),
        node.getMzxid(),
        node.getPzxid(),
        node.getCtime(),
        node.getMtime(),
        node.getOwner(),
        node.getVersion(),
        node.getCreations(),
        node.getAversion());
  }
}
