package troupe.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The files of one server on a simulated disk: what {@link java.nio.file.Files} needs for writing and reading whole
 * files. A file's bytes are safe when its channel was forced, a name when its directory was.
 */
final class SimulatedFiles extends FileSystemProvider {
  /** What a name stands for. */
  static final class Content {
    byte[] bytes = new byte[0];
    int synced;
    boolean damaged;
    int flipAt;
    byte flip;
  }

  /** A change of names: with a content it is given to the name, without it is taken from it. */
  private record Naming(String name, Optional<Content> content) {
    void applyTo(Map<String, Content> names) {
      content.ifPresentOrElse(given -> names.put(name, given), () -> names.remove(name));
    }
  }

  private final Disk disk;
  private final RandomGenerator random;
  private final NavigableMap<String, Content> durable;
  private final NavigableMap<String, Content> seen;
  private final List<List<Naming>> unsynced = new ArrayList<>();
  private final FileSystem fileSystem = new OneServersFiles();

  /** Empty. */
  SimulatedFiles(Disk disk, RandomGenerator random) {
    this(disk, random, new TreeMap<>());
  }

  private SimulatedFiles(Disk disk, RandomGenerator random, NavigableMap<String, Content> durable) {
    this.disk = disk;
    this.random = random;
    this.durable = durable;
    this.seen = new TreeMap<>(durable);
  }

  /** As the next process finds them: with everything that was written, or with what a power cut has left. */
  SimulatedFiles reopened(boolean powerCut) {
    if (!powerCut) {
      return new SimulatedFiles(disk, random, seen);
    }
    int kept = random.nextInt(unsynced.size() + 1);
    unsynced.subList(0, kept).forEach(change -> change.forEach(naming -> naming.applyTo(durable)));
    durable.values().forEach(this::tear);
    return new SimulatedFiles(disk, random, durable);
  }

  /** Of what was not synced a part is there, and what there is of it may be zeros: its length came first. */
  private void tear(Content content) {
    int length = content.synced + random.nextInt(content.bytes.length - content.synced + 1);
    int sound = content.synced + random.nextInt(length - content.synced + 1);
    byte[] left = new byte[length];
    System.arraycopy(content.bytes, 0, left, 0, sound);
    content.bytes = left;
    content.synced = length;
  }

  /** Flips one bit of a file, if there is another that is sound. Whether it did. */
  boolean damage() {
    List<Content> candidates = seen.values().stream().filter(content -> content.bytes.length > 0).toList();
    if (candidates.size() < 2 || isDamaged()) {
      return false;
    }
    Content content = candidates.get(random.nextInt(candidates.size()));
    content.damaged = true;
    content.flipAt = random.nextInt(content.bytes.length);
    content.flip = (byte) (1 << random.nextInt(Byte.SIZE));
    content.bytes[content.flipAt] ^= content.flip;
    return true;
  }

  boolean isDamaged() {
    return seen.values().stream().anyMatch(content -> content.damaged);
  }

  /** Takes back what {@link #damage} did. Whether there was anything. */
  boolean restore() {
    List<Content> all = seen.values().stream().filter(content -> content.damaged).toList();
    all.forEach(content -> {
      content.damaged = false;
      content.bytes[content.flipAt] ^= content.flip;
    });
    return !all.isEmpty();
  }

  Path path(String absolute) {
    return new SimulatedPath(fileSystem, Path.of(absolute));
  }

  private void change(List<Naming> namings) {
    namings.forEach(naming -> naming.applyTo(seen));
    unsynced.add(namings);
  }

  private Content find(Path path) throws NoSuchFileException {
    return Optional.ofNullable(seen.get(path.toString())).orElseThrow(() -> new NoSuchFileException(path.toString()));
  }

  private boolean isDirectory(Path path) {
    return !seen.containsKey(path.toString());
  }

  @Override
  public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    disk.read();
    if (isDirectory(path) && !options.contains(StandardOpenOption.WRITE)) {
      return SimulatedChannel.ofDirectory(this::syncNames);
    }
    if (options.contains(StandardOpenOption.WRITE)) {
      Content content = new Content();
      change(List.of(new Naming(path.toString(), Optional.of(content))));
      return SimulatedChannel.writing(content, disk);
    }
    return SimulatedChannel.reading(find(path));
  }

  private void syncNames() throws IOException {
    int upTo = unsynced.size();
    try {
      disk.sync();
    } catch (Disk.Failure e) {
      throw new IOException(e);
    }
    List<List<Naming>> synced = unsynced.subList(0, upTo);
    synced.forEach(change -> change.forEach(naming -> naming.applyTo(durable)));
    synced.clear();
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
    if (isDirectory(path) && !options.contains(StandardOpenOption.WRITE)) {
      throw new NoSuchFileException(path.toString());
    }
    return newFileChannel(path, options, attributes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter) {
    List<Path> entries = seen.keySet().stream().map(this::path).filter(file ->
        file.getParent().equals(directory)).filter(file -> accepts(filter, file)).toList();
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return entries.iterator();
      }

      @Override
      public void close() {}
    };
  }

  private static boolean accepts(DirectoryStream.Filter<? super Path> filter, Path file) {
    try {
      return filter.accept(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Directories are there as soon as somebody speaks of them. */
  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    if (!isDirectory(directory)) {
      throw new FileAlreadyExistsException(directory.toString());
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    disk.read();
    find(path);
    change(List.of(new Naming(path.toString(), Optional.empty())));
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) throws IOException {
    disk.read();
    Content content = find(from);
    change(List.of(
        new Naming(from.toString(), Optional.empty()), new Naming(to.toString(), Optional.of(content))));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    boolean hasFiles = seen.keySet().stream().anyMatch(name -> name.startsWith(path + "/"));
    if (!hasFiles) {
      find(path);
    }
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options) {
    boolean directory = isDirectory(path);
    long size = directory ? 0 : seen.get(path.toString()).bytes.length;
    return type.cast(new Attributes(directory, size));
  }

  private record Attributes(boolean isDirectory, long size) implements BasicFileAttributes {
    @Override
    public FileTime lastModifiedTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public FileTime lastAccessTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public FileTime creationTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public boolean isRegularFile() {
      return !isDirectory;
    }

    @Override
    public boolean isSymbolicLink() {
      return false;
    }

    @Override
    public boolean isOther() {
      return false;
    }

    @Override
    public Object fileKey() {
      return size;
    }
  }

  @Override
  public boolean isSameFile(Path one, Path other) {
    return one.equals(other);
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public String getScheme() {
    return "simulated";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileStore getFileStore(Path path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  /** What a path asks for its provider. */
  private final class OneServersFiles extends FileSystem {
    @Override
    public FileSystemProvider provider() {
      return SimulatedFiles.this;
    }

    @Override
    public Path getPath(String first, String... more) {
      return path(Path.of(first, more).toString());
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public String getSeparator() {
      return "/";
    }

    @Override
    public void close() {}

    @Override
    public Iterable<Path> getRootDirectories() {
      return List.of(path("/"));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
      return List.of();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
      return Set.of("basic");
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
      throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
      throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() {
      throw new UnsupportedOperationException();
    }
  }
}
