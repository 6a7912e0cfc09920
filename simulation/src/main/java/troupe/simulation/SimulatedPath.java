package troupe.simulation;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/**
 * A path into {@link SimulatedFiles}.
 *
 * @param names the same path on the real system, which knows all there is to know of names
 */
record SimulatedPath(FileSystem fileSystem, Path names) implements Path {
  private Path with(Path other) {
    return new SimulatedPath(fileSystem, other);
  }

  private static Path names(Path path) {
    return path instanceof SimulatedPath simulated ? simulated.names : path;
  }

  @Override
  public FileSystem getFileSystem() {
    return fileSystem;
  }

  @Override
  public boolean isAbsolute() {
    return names.isAbsolute();
  }

  @Override
  public Path getRoot() {
    return with(names.getRoot());
  }

  @Override
  public Path getFileName() {
    return with(names.getFileName());
  }

  @Override
  public Path getParent() {
    return with(names.getParent());
  }

  @Override
  public int getNameCount() {
    return names.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return with(names.getName(index));
  }

  @Override
  public Path subpath(int from, int to) {
    return with(names.subpath(from, to));
  }

  @Override
  public boolean startsWith(Path other) {
    return names.startsWith(names(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return names.endsWith(names(other));
  }

  @Override
  public Path normalize() {
    return with(names.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return with(names.resolve(names(other)));
  }

  @Override
  public Path relativize(Path other) {
    return with(names.relativize(names(other)));
  }

  @Override
  public URI toUri() {
    return names.toUri();
  }

  @Override
  public Path toAbsolutePath() {
    return this;
  }

  @Override
  public Path toRealPath(LinkOption... options) {
    return this;
  }

  @Override
  public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int compareTo(Path other) {
    return names.compareTo(names(other));
  }

  @Override
  public String toString() {
    return names.toString();
  }
}
