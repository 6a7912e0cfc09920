package troupe.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/** A file of {@link SimulatedFiles} from its beginning to its end, being written or being read; or a directory. */
final class SimulatedChannel extends FileChannel {
  /** What makes it safe. */
  interface Force {
    void sync() throws IOException;
  }

  private final SimulatedFiles.Content content;
  private final Force force;
  private int position;

  private SimulatedChannel(SimulatedFiles.Content content, Force force) {
    this.content = content;
    this.force = force;
  }

  static SimulatedChannel ofDirectory(Force force) {
    return new SimulatedChannel(new SimulatedFiles.Content(), force);
  }

  static SimulatedChannel writing(SimulatedFiles.Content content, Disk disk) {
    return new SimulatedChannel(content, () -> {
      int written = content.bytes.length;
      try {
        disk.sync();
      } catch (Disk.Failure e) {
        throw new IOException(e);
      }
      content.synced = written;
    });
  }

  static SimulatedChannel reading(SimulatedFiles.Content content) {
    return new SimulatedChannel(content, () -> {});
  }

  @Override
  public int read(ByteBuffer target) {
    int length = Math.min(target.remaining(), content.bytes.length - position);
    if (length <= 0) {
      return target.hasRemaining() ? -1 : 0;
    }
    target.put(content.bytes, position, length);
    position += length;
    return length;
  }

  @Override
  public int write(ByteBuffer source) {
    int length = source.remaining();
    int before = content.bytes.length;
    content.bytes = Arrays.copyOf(content.bytes, before + length);
    source.get(content.bytes, before, length);
    return length;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public FileChannel position(long newPosition) {
    position = Math.toIntExact(newPosition);
    return this;
  }

  @Override
  public long size() {
    return content.bytes.length;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    force.sync();
  }

  @Override
  protected void implCloseChannel() {}

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long from, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long at, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer target, long at) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer source, long at) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long at, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long at, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long at, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
