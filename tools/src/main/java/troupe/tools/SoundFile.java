package troupe.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import troupe.persistence.CorruptSnapshotException;
import troupe.persistence.SnapshotScan;
import troupe.tree.SessionInfo;
import troupe.tree.Znode;

/** What is in a snapshot file or a backup that was read to its end and found sound. */
record SoundFile(SnapshotScan.Head head, int sessions) {
  private static final class Tally implements SnapshotScan.Visitor {
    private final Progress progress;
    private int sessions;
    private long nodes;

    Tally(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void session(long id, SessionInfo session) {
      sessions++;
    }

    @Override
    public void node(String path, Znode node) {
      progress.at(++nodes);
    }
  }

  /** @throws CorruptSnapshotException if it is not sound */
  static SoundFile read(Path file, Progress progress) throws IOException {
    try (progress) {
      Tally tally = new Tally(progress);
      return new SoundFile(SnapshotScan.scan(file, tally), tally.sessions);
    }
  }

  void writeTo(JsonGenerator json) throws IOException {
    json.writeStringField("zxid", head.last().toString());
    json.writeStringField("digest", Long.toString(head.digest()));
    json.writeNumberField("nodes", head.nodes());
    json.writeNumberField("sessions", sessions);
  }

  @Override
  public String toString() {
    return head.nodes() + " nodes and " + sessions + " sessions at " + head.last();
  }
}
