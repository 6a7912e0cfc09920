package troupe.persistence;

import java.nio.file.Path;

/** An actor system's configuration with the plugins on a directory. */
final class Plugins {
  private Plugins() {}

  static String config(Path directory, boolean nativeLibrary) {
    return """
        pekko.loglevel = WARNING
        pekko.actor.allow-java-serialization = off
        troupe.persistence {
          data-dir = "%s"
          log-dir = ""
          free-space-reserve = 0
          leveldb { native = %s, write-buffer-size = 256KiB, block-cache-size = 1MiB, compression = off }
        }
        """.formatted(directory, nativeLibrary);
  }
}
