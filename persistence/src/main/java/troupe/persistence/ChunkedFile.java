package troupe.persistence;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A file that is there as a whole or not at all, and that knows when it was damaged.
 *
 * <p>Written to a temporary name, synced, renamed, and the directory synced: whoever finds the file finds all of it,
 * also after a power failure. Its form, numbers big endian:
 *
 * <pre>
 * header   8 bytes   "TROUPE" and the version of this form, 00 01
 * chunk    int       length of the data, 1 to 256 KiB
 *          int       CRC-32C of the chunk's number, length and data
 *          bytes     the data
 * ...
 * footer   int       0, which is no chunk's length
 *          long      number of chunks
 *          long      bytes of data in all
 *          int       CRC-32C of all data
 *          int       CRC-32C of the footer before it
 * </pre>
 */
public final class ChunkedFile {
  static final int CHUNK = 256 * 1024;
  private static final long HEADER = 0x5452_4f55_5045_0001L;
  private static final int FOOTER_LENGTH = Integer.BYTES + Long.BYTES + Long.BYTES + Integer.BYTES;
  private static final String TEMPORARY = ".tmp";

  private ChunkedFile() {}

  /** Removes what a crash left of unfinished files. Nobody may be writing to the directory. */
  public static void removeLeftovers(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> leftovers = files.filter(file -> file.toString().endsWith(TEMPORARY)).toList();
      for (Path leftover : leftovers) {
        Files.delete(leftover);
      }
    }
  }

  private static int checksum(long number, int length, byte[] data) {
    CRC32C crc = new CRC32C();
    // The chunk's number, so that chunks that change places are found out.
    crc.update(ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(number).putInt(length).flip());
    crc.update(data, 0, length);
    return (int) crc.getValue();
  }

  private static int checksum(ByteBuffer footer) {
    CRC32C crc = new CRC32C();
    crc.update(footer.array(), 0, FOOTER_LENGTH);
    return (int) crc.getValue();
  }

  private static ByteBuffer footer(long chunks, long bytes, CRC32C all) {
    ByteBuffer footer = ByteBuffer.allocate(FOOTER_LENGTH + Integer.BYTES);
    footer.putInt(0).putLong(chunks).putLong(bytes).putInt((int) all.getValue());
    return footer.putInt(checksum(footer)).flip();
  }

  /** Writes one file. Nothing of it is to be seen before {@link #commit}; closed without that, it never was. */
  public static final class Writer extends OutputStream {
    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final byte[] chunk = new byte[CHUNK];
    private final CRC32C all = new CRC32C();
    private int filled;
    private long chunks;
    private long bytes;

    /** @param target replaced on commit if it exists; its directory must exist */
    public Writer(Path target) throws IOException {
      this.target = target;
      this.temporary = target.resolveSibling(target.getFileName() + TEMPORARY);
      this.channel = FileChannel.open(temporary,
          StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
      writeFully(ByteBuffer.allocate(Long.BYTES).putLong(HEADER).flip());
    }

    @Override
    public void write(int oneByte) throws IOException {
      write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, source.length);
      int written = 0;
      while (written < length) {
        int part = Math.min(length - written, CHUNK - filled);
        System.arraycopy(source, offset + written, chunk, filled, part);
        filled += part;
        written += part;
        if (filled == CHUNK) {
          writeChunk();
        }
      }
    }

    private void writeChunk() throws IOException {
      all.update(chunk, 0, filled);
      ByteBuffer head = ByteBuffer.allocate(2 * Integer.BYTES);
      writeFully(head.putInt(filled).putInt(checksum(chunks, filled, chunk)).flip());
      writeFully(ByteBuffer.wrap(chunk, 0, filled));
      chunks++;
      bytes += filled;
      filled = 0;
    }

    private void writeFully(ByteBuffer buffer) throws IOException {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }

    /**
     * Puts the file in its place. When this returns, it stays there whatever happens.
     *
     * @return bytes of data in the file
     */
    public long commit() throws IOException {
      if (filled > 0) {
        writeChunk();
      }
      writeFully(footer(chunks, bytes, all));
      channel.force(true);
      channel.close();
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel directory = FileChannel.open(target.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
        directory.force(true); // the new name is part of the directory: without this a power failure may undo it
      }
      return bytes;
    }

    /** Without {@link #commit} before it: takes everything back. */
    @Override
    public void close() throws IOException {
      channel.close();
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Reads a file, checking each chunk before any byte of it is handed out, and the footer before the end is reported.
   * So who has read to the end has read what was written. Damage is a {@link CorruptSnapshotException}.
   */
  public static final class Reader extends InputStream {
    private final Path file;
    private final DataInputStream in;
    private final CRC32C all = new CRC32C();
    private final byte[] chunk = new byte[CHUNK];
    private int length;
    private int next;
    private long offset;
    private long chunks;
    private long bytes;
    private boolean ended;

    public Reader(Path file) throws IOException {
      this.file = file;
      this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
      try {
        if (in.readLong() != HEADER) {
          throw new CorruptSnapshotException(file, 0, "not a file of this kind and version");
        }
        offset = Long.BYTES;
      } catch (EOFException e) {
        in.close();
        throw new CorruptSnapshotException(file, 0, "shorter than its header");
      } catch (IOException e) {
        in.close();
        throw e;
      }
    }

    @Override
    public int read() throws IOException {
      return hasMore() ? chunk[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int from, int wanted) throws IOException {
      Objects.checkFromIndexSize(from, wanted, target.length);
      if (wanted == 0) {
        return 0;
      }
      if (!hasMore()) {
        return -1;
      }
      int part = Math.min(wanted, length - next);
      System.arraycopy(chunk, next, target, from, part);
      next += part;
      return part;
    }

    private boolean hasMore() throws IOException {
      if (next == length && !ended) {
        try {
          readNext();
        } catch (EOFException e) {
          throw new CorruptSnapshotException(file, offset, "the file ends early");
        }
      }
      return next < length;
    }

    private void readNext() throws IOException {
      int announced = in.readInt();
      if (announced == 0) {
        checkFooter();
        ended = true;
        return;
      }
      if (announced < 0 || announced > CHUNK) {
        throw new CorruptSnapshotException(file, offset, "impossible chunk length " + announced);
      }
      int expected = in.readInt();
      in.readFully(chunk, 0, announced);
      if (checksum(chunks, announced, chunk) != expected) {
        throw new CorruptSnapshotException(file, offset, "checksum mismatch in chunk " + chunks);
      }
      all.update(chunk, 0, announced);
      offset += 2L * Integer.BYTES + announced;
      chunks++;
      bytes += announced;
      length = announced;
      next = 0;
    }

    private void checkFooter() throws IOException {
      ByteBuffer expected = footer(chunks, bytes, all);
      byte[] rest = new byte[expected.limit() - Integer.BYTES]; // its first number has been read
      in.readFully(rest);
      if (!ByteBuffer.wrap(rest).equals(expected.position(Integer.BYTES))) {
        throw new CorruptSnapshotException(
            file, offset, "the footer does not fit the " + chunks + " chunks of " + bytes + " bytes before it");
      }
      if (in.read() != -1) {
        throw new CorruptSnapshotException(file, offset + FOOTER_LENGTH + Integer.BYTES, "bytes behind the footer");
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
