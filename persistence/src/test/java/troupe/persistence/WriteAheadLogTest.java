package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Logs made by hand. Those that LevelDB wrote itself are in {@link CrashImageTest}. */
class WriteAheadLogTest {
  /** Writes the format, and remembers where records begin and end. */
  private static final class LogBuilder {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Random random = new Random(7);
    private int lastBegin;

    LogBuilder record(int length) {
      byte[] data = new byte[length];
      random.nextBytes(data);
      if (length > 0) {
        data[length - 1] = 0x5a;
      }
      skipTrailer();
      lastBegin = out.size();
      int done = 0;
      boolean first = true;
      do {
        skipTrailer();
        int room = WriteAheadLog.BLOCK - out.size() % WriteAheadLog.BLOCK - WriteAheadLog.HEADER;
        int part = Math.min(room, length - done);
        boolean last = done + part == length;
        byte begin = last ? WriteAheadLog.FULL : WriteAheadLog.FIRST;
        byte rest = last ? WriteAheadLog.LAST : WriteAheadLog.MIDDLE;
        fragment(first ? begin : rest, Arrays.copyOfRange(data, done, done + part));
        done += part;
        first = false;
      } while (done < length);
      return this;
    }

    LogBuilder fragment(byte type, byte[] data) {
      byte[] covered = new byte[1 + data.length];
      covered[0] = type;
      System.arraycopy(data, 0, covered, 1, data.length);
      ByteBuffer fragment = ByteBuffer.allocate(WriteAheadLog.HEADER + data.length).order(ByteOrder.LITTLE_ENDIAN);
      fragment.putInt(WriteAheadLog.maskedCrc(covered, 0, covered.length)).putShort((short) data.length).put(covered);
      out.writeBytes(fragment.array());
      return this;
    }

    private void skipTrailer() {
      int left = WriteAheadLog.BLOCK - out.size() % WriteAheadLog.BLOCK;
      if (left < WriteAheadLog.HEADER) {
        out.writeBytes(new byte[left]);
      }
    }

    int end() {
      return out.size();
    }

    int lastBegin() {
      return lastBegin;
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    byte[] withZeros(int count) {
      return Arrays.copyOf(bytes(), end() + count);
    }
  }

  private static int endOf(WriteAheadLog.Verdict verdict) {
    return switch (verdict) {
      case WriteAheadLog.Whole whole -> whole.end();
      case WriteAheadLog.Torn torn -> torn.end();
      case WriteAheadLog.Corrupt corrupt -> throw new AssertionError(corrupt);
    };
  }

  @Test
  void anEmptyLogIsWhole() {
    assertEquals(new WriteAheadLog.Whole(0), WriteAheadLog.judge(new byte[0]));
    assertEquals(new WriteAheadLog.Whole(0), WriteAheadLog.judge(new byte[65536]));
  }

  @Test
  void recordsOfAllLengthsAroundTheEndOfABlockAreWhole() {
    for (int length = WriteAheadLog.BLOCK - 60; length < WriteAheadLog.BLOCK + 20; length++) {
      LogBuilder log = new LogBuilder().record(20).record(length).record(70_000).record(5);
      assertEquals(new WriteAheadLog.Whole(log.end()), WriteAheadLog.judge(log.bytes()), "length " + length);
    }
  }

  @Test
  void roomSetAsideEndsBehindTheLastRecordHoweverLittleItIs() {
    LogBuilder log = new LogBuilder().record(300).record(100);
    for (int zeros = 0; zeros < 20; zeros++) {
      assertEquals(new WriteAheadLog.Whole(log.end()), WriteAheadLog.judge(log.withZeros(zeros)));
    }
  }

  @Test
  void aLastRecordCutAnywhereIsTornWhereItBegins() {
    for (int length : new int[] {1, 600, 5000, 80_000}) {
      LogBuilder log = new LogBuilder().record(1000).record(200);
      int finished = log.end();
      log.record(length);
      for (int cut = finished + 1; cut < log.end(); cut += length > 10_000 && cut > finished + 600 ? 97 : 1) {
        byte[] atTheEnd = Arrays.copyOf(log.bytes(), cut);
        byte[] inZeros = Arrays.copyOf(atTheEnd, log.end() + 9000);
        assertEquals(finished, endOf(WriteAheadLog.judge(atTheEnd)), "cut at " + cut);
        assertEquals(finished, endOf(WriteAheadLog.judge(inZeros)), "zeros from " + cut);
      }
    }
  }

  @Test
  void aLastRecordThatMissesPagesIsTorn() {
    LogBuilder log = new LogBuilder().record(1000).record(200);
    int finished = log.end();
    log.record(100_000);
    for (int page = (finished / 4096 + 1) * 4096; page + 4096 < log.end(); page += 4096) {
      byte[] holed = log.withZeros(3000);
      Arrays.fill(holed, page, page + 4096, (byte) 0);
      WriteAheadLog.Torn torn = assertInstanceOf(WriteAheadLog.Torn.class, WriteAheadLog.judge(holed), "page " + page);
      assertEquals(finished, torn.end());
    }
  }

  @Test
  void aPageThatTheLastRecordSharesWithTheOneBeforeMayLackTheLast() {
    LogBuilder log = new LogBuilder().record(1000).record(200);
    int finished = log.end();
    log.record(9000);
    byte[] holed = log.bytes();
    Arrays.fill(holed, finished, 4096, (byte) 0);
    assertEquals(finished, assertInstanceOf(WriteAheadLog.Torn.class, WriteAheadLog.judge(holed)).end());
  }

  @Test
  void aFlippedBitIsCorruptInWhicheverRecordItIs() {
    LogBuilder log = new LogBuilder().record(300).record(40_000).record(50);
    byte[] bytes = log.withZeros(500);
    Random random = new Random(3);
    for (int offset = 0; offset < log.end(); offset += offset > 1000 && offset < log.lastBegin() - 10 ? 37 : 1) {
      byte[] flipped = bytes.clone();
      flipped[offset] ^= (byte) (1 << random.nextInt(8));
      assertInstanceOf(WriteAheadLog.Corrupt.class, WriteAheadLog.judge(flipped), "flipped at " + offset);
    }
  }

  @Test
  void zerosInTheMiddleAreCorruptWhileRecordsFollow() {
    LogBuilder log = new LogBuilder().record(30_000).record(10_000).record(50);
    byte[] holed = log.bytes();
    Arrays.fill(holed, 8192, 12288, (byte) 0);
    assertInstanceOf(WriteAheadLog.Corrupt.class, WriteAheadLog.judge(holed));
  }

  @Test
  void partsOutOfOrderAreCorrupt() {
    byte[] data = {1, 2, 3};
    assertInstanceOf(WriteAheadLog.Corrupt.class,
        WriteAheadLog.judge(new LogBuilder().fragment(WriteAheadLog.LAST, data).bytes()));
    assertInstanceOf(WriteAheadLog.Corrupt.class,
        WriteAheadLog.judge(
            new LogBuilder().fragment(WriteAheadLog.FIRST, data).fragment(WriteAheadLog.FULL, data).bytes()));
  }
}
