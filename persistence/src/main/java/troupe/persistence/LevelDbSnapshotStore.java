package troupe.persistence;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import scala.concurrent.Future;
import troupe.persistence.wire.SnapshotRecord;

/**
 * Pekko Persistence's snapshot store for states of some kilobytes, in {@link JournalStore} beside the events. A state
 * is synced before its success is told, and only then are the events deleted it stands for: no crash leaves neither.
 *
 * <p>The tree of znodes does not go here: its snapshots are files ({@link ChunkedFile}).
 */
final class LevelDbSnapshotStore extends SnapshotStore {
  private final JournalStore store = JournalStores.of(context().system()).journal();
  private final RecordCodec codec = new RecordCodec(context().system());

  /** A stored state: its name holds the persistence id and, in sixteen hexadecimal digits, the sequence number. */
  private record Saved(String name, long sequenceNr, SnapshotRecord record) {
    boolean matches(SnapshotSelectionCriteria criteria) {
      return sequenceNr >= criteria.minSequenceNr()
          && sequenceNr <= criteria.maxSequenceNr()
          && record.getTimestamp() >= criteria.minTimestamp()
          && record.getTimestamp() <= criteria.maxTimestamp();
    }
  }

  @Override
  public Future<Optional<SelectedSnapshot>> doLoadAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
    return done(() -> saved(persistenceId)
        .filter(saved -> saved.matches(criteria))
        .max(Comparator.comparingLong(Saved::sequenceNr))
        .map(saved -> codec.decodeState(persistenceId, saved.sequenceNr(), saved.record())));
  }

  @Override
  public Future<Void> doSaveAsync(SnapshotMetadata about, Object state) {
    return done(() -> {
      store.put(name(about.persistenceId(), about.sequenceNr()), codec.encode(about, state));
      return null; // a Void has no other value
    });
  }

  @Override
  public Future<Void> doDeleteAsync(SnapshotMetadata about) {
    return done(() -> {
      store.delete(List.of(name(about.persistenceId(), about.sequenceNr())));
      return null;
    });
  }

  @Override
  public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
    return done(() -> {
      store.delete(saved(persistenceId).filter(saved -> saved.matches(criteria)).map(Saved::name).toList());
      return null;
    });
  }

  private Stream<Saved> saved(String persistenceId) {
    String prefix = persistenceId + '@';
    return store.names(prefix).stream()
        // Another persistence id may begin with this one and a @: its names are longer, or have the last @ elsewhere.
        .filter(name -> name.length() == prefix.length() + Long.BYTES * 2)
        .filter(name -> name.lastIndexOf('@') == prefix.length() - 1)
        .flatMap(name -> store.get(name).stream()
            .map(value -> new Saved(name, Long.parseLong(name.substring(prefix.length()), 16), parse(name, value))));
  }

  private static String name(String persistenceId, long sequenceNr) {
    return "%s@%016x".formatted(persistenceId, sequenceNr);
  }

  private static SnapshotRecord parse(String name, ByteString value) {
    try {
      return SnapshotRecord.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("state " + name + " is not a snapshot record", e);
    }
  }

  /** Done here and now: this actor has a thread for waiting. */
  private static <T> Future<T> done(Callable<T> work) {
    try {
      return Futures.successful(work.call());
    } catch (Exception e) {
      return Futures.failed(e);
    }
  }
}
