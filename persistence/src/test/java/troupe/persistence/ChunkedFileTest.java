package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedFileTest {
  private static final int FIRST_CHUNK = 8;

  @TempDir
  Path directory;

  private Path file() {
    return directory.resolve("snapshot");
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private void write(byte[] content) throws IOException {
    try (ChunkedFile.Writer writer = new ChunkedFile.Writer(file())) {
      writer.write(content);
      assertEquals(content.length, writer.commit());
    }
  }

  private byte[] read() throws IOException {
    try (ChunkedFile.Reader reader = new ChunkedFile.Reader(file())) {
      return reader.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {
      0, 1, ChunkedFile.CHUNK - 1, ChunkedFile.CHUNK, ChunkedFile.CHUNK + 1, 3 * ChunkedFile.CHUNK + 77})
  void whatWasWrittenIsRead(int length) throws IOException {
    write(random(length));
    assertArrayEquals(random(length), read());
  }

  @Test
  void bytesMayComeAndGoOneAtATime() throws IOException {
    try (ChunkedFile.Writer writer = new ChunkedFile.Writer(file())) {
      for (int i = 0; i < 300; i++) {
        writer.write(i);
      }
      writer.commit();
    }
    try (ChunkedFile.Reader reader = new ChunkedFile.Reader(file())) {
      for (int i = 0; i < 300; i++) {
        assertEquals(i & 0xff, reader.read());
      }
      assertEquals(-1, reader.read());
      assertEquals(-1, reader.read());
    }
  }

  @Test
  void withoutCommitTheOldFileStays() throws IOException {
    write(random(10));
    try (ChunkedFile.Writer writer = new ChunkedFile.Writer(file())) {
      writer.write(random(ChunkedFile.CHUNK * 2));
    }
    assertArrayEquals(random(10), read());
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void leftoversOfACrashAreRemovedAndNothingElse() throws IOException {
    write(random(10));
    Files.write(directory.resolve("another.tmp"), random(5));
    ChunkedFile.removeLeftovers(directory);
    assertFalse(Files.exists(directory.resolve("another.tmp")));
    assertTrue(Files.exists(file()));
  }

  @Test
  void aFlippedBitAnywhereIsFoundOut() throws IOException {
    write(random(3000));
    byte[] good = Files.readAllBytes(file());
    for (int offset = 0; offset < good.length; offset++) {
      byte[] bad = good.clone();
      bad[offset] ^= (byte) (1 << offset % 8);
      Files.write(file(), bad);
      CorruptSnapshotException refused = assertThrows(CorruptSnapshotException.class, this::read, "offset " + offset);
      assertTrue(refused.getMessage().contains(file().toString()), refused.getMessage());
    }
  }

  @Test
  void aFileCutAnywhereIsFoundOut() throws IOException {
    write(random(600));
    byte[] good = Files.readAllBytes(file());
    for (int length = 0; length < good.length; length++) {
      Files.write(file(), Arrays.copyOf(good, length));
      assertThrows(CorruptSnapshotException.class, this::read, "length " + length);
    }
    Files.write(file(), Arrays.copyOf(good, good.length + 1));
    assertThrows(CorruptSnapshotException.class, this::read);
  }

  @Test
  void aDamagedChunkIsNamedByItsOffsetAndTheChunksBeforeItAreRead() throws IOException {
    write(random(3 * ChunkedFile.CHUNK));
    byte[] bytes = Files.readAllBytes(file());
    int second = FIRST_CHUNK + 8 + ChunkedFile.CHUNK;
    bytes[second + 100] ^= 1;
    Files.write(file(), bytes);
    try (ChunkedFile.Reader reader = new ChunkedFile.Reader(file())) {
      assertEquals(ChunkedFile.CHUNK, reader.readNBytes(ChunkedFile.CHUNK).length);
      CorruptSnapshotException refused = assertThrows(CorruptSnapshotException.class, reader::read);
      assertTrue(refused.getMessage().contains("offset " + second + ":"), refused.getMessage());
      assertThrows(CorruptSnapshotException.class, reader::read, "what follows damage is not handed out");
    }
  }

  @Test
  void chunksThatChangedPlacesAreFoundOut() throws IOException {
    write(random(2 * ChunkedFile.CHUNK));
    byte[] good = Files.readAllBytes(file());
    int length = ChunkedFile.CHUNK + 8;
    byte[] bad = good.clone();
    System.arraycopy(good, FIRST_CHUNK, bad, FIRST_CHUNK + length, length);
    System.arraycopy(good, FIRST_CHUNK + length, bad, FIRST_CHUNK, length);
    Files.write(file(), bad);
    assertThrows(CorruptSnapshotException.class, this::read);
  }
}
