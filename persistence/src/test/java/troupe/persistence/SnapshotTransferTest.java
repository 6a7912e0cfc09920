package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link SnapshotSource} to {@link SnapshotSink}. */
class SnapshotTransferTest {
  @TempDir Path directory;

  private final Story story = new Story();
  private Path here;
  private Path there;
  private SnapshotRef ref;

  @BeforeEach
  void write() throws IOException {
    here = Files.createDirectory(directory.resolve("here"));
    there = directory.resolve("there");
    story.everything().grow(20);
    ref = new SnapshotRef(story.tree().lastZxid(), 9, "snapshot.1", story.tree().digest());
    SnapshotFile.write(story.tree(), here.resolve(ref.file()));
  }

  private List<ByteString> parts(int size) throws IOException {
    List<ByteString> parts = new ArrayList<>();
    try (SnapshotSource source = new SnapshotSource(here, ref)) {
      do {
        parts.add(source.next(size));
      } while (parts.getLast().size() == size);
    }
    return parts;
  }

  private List<String> filesThere() throws IOException {
    try (Stream<Path> files = Files.list(there)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private void send(SnapshotRef announced, List<ByteString> parts) throws IOException {
    try (SnapshotSink sink = new SnapshotSink(there, announced)) {
      for (ByteString part : parts) {
        sink.append(part);
      }
      sink.complete();
    }
  }

  @Test
  void theTreeArrivesWhateverTheSizeOfTheParts() throws IOException {
    int size = (int) Files.size(here.resolve(ref.file()));
    for (int part : new int[] {100, size / 2, size, size + 1}) {
      send(ref, parts(part));
      assertEquals(List.of(ref.file()), filesThere());
      assertEquals(Story.contents(story.tree()), Story.contents(SnapshotFile.read(there.resolve(ref.file()))));
    }
  }

  @Test
  void aFileThatFillsItsPartsIsFollowedByAnEmptyOne() throws IOException {
    int size = (int) Files.size(here.resolve(ref.file()));
    List<ByteString> parts = parts(size);
    assertEquals(2, parts.size());
    assertTrue(parts.getLast().isEmpty());
  }

  @Test
  void aFileThatIsPurgedMeanwhileIsReadToItsEnd() throws IOException {
    byte[] all = Files.readAllBytes(here.resolve(ref.file()));
    try (SnapshotSource source = new SnapshotSource(here, ref)) {
      ByteString first = source.next(100);
      Files.delete(here.resolve(ref.file()));
      assertEquals(ByteString.copyFrom(all), first.concat(source.next(all.length)));
    }
  }

  @Test
  void theNewestThatIsSoundIsFound() throws IOException {
    SnapshotRef damaged = new SnapshotRef(ref.last(), 10, "snapshot.2", ref.digest());
    SnapshotRef gone = new SnapshotRef(ref.last(), 11, "snapshot.3", ref.digest());
    byte[] bytes = Files.readAllBytes(here.resolve(ref.file()));
    bytes[bytes.length / 2] ^= 4;
    Files.write(here.resolve(damaged.file()), bytes);
    assertEquals(Optional.of(ref), SnapshotSource.newestSound(here, List.of(ref, damaged, gone)));
    assertEquals(Optional.empty(), SnapshotSource.newestSound(here, List.of(damaged, gone)));
    assertEquals(Optional.empty(), SnapshotSource.newestSound(here, List.of()));
  }

  @Test
  void whatIsDamagedOrCutShortOnTheWayIsNotTakenAndLeavesNothingBehind() throws IOException {
    List<ByteString> parts = parts(100);
    List<ByteString> damaged = new ArrayList<>(parts);
    byte[] bytes = parts.get(3).toByteArray();
    bytes[50] ^= 1;
    damaged.set(3, ByteString.copyFrom(bytes));
    List<ByteString> missing = new ArrayList<>(parts);
    missing.remove(4);
    List<ByteString> withoutItsEnd = parts.subList(0, parts.size() - 1);
    for (List<ByteString> wrong : List.of(damaged, missing, withoutItsEnd, List.<ByteString>of())) {
      assertThrows(IOException.class, () -> send(ref, wrong));
      assertEquals(List.of(), filesThere());
    }
  }

  @Test
  void aSoundFileThatIsNotWhatWasAnnouncedIsNotTaken() throws IOException {
    List<ByteString> parts = parts(1000);
    SnapshotRef otherDigest = new SnapshotRef(ref.last(), 9, ref.file(), ref.digest() + 1);
    SnapshotRef otherZxid = new SnapshotRef(ref.last().next(), 9, ref.file(), ref.digest());
    for (SnapshotRef wrong : List.of(otherDigest, otherZxid)) {
      assertThrows(CorruptSnapshotException.class, () -> send(wrong, parts));
      assertEquals(List.of(), filesThere());
    }
  }

  @Test
  void aTransferThatIsGivenUpLeavesNothingBehindAndTheNextOneBeginsAnew() throws IOException {
    try (SnapshotSink sink = new SnapshotSink(there, ref)) {
      sink.append(parts(1000).getFirst());
    }
    assertEquals(List.of(), filesThere());
    send(ref, parts(1000));
    assertEquals(List.of(ref.file()), filesThere());
  }
}
