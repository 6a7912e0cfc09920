package troupe.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import troupe.persistence.DataAtRest;

/** Where a server that does not run has its data. */
final class DataOptions {
  @Option(
      names = "--data-dir", paramLabel = "DIRECTORY", required = true,
      description = "The data directory of a server that does not run (its troupe.persistence.data-dir).")
  private Path data;

  @Option(
      names = "--log-dir", paramLabel = "DIRECTORY",
      description = "The directory of its log, if it has one of its own (its troupe.persistence.log-dir).")
  private Optional<Path> log;

  Path data() {
    return data;
  }

  DataAtRest open() throws IOException {
    return DataAtRest.open(data, log);
  }
}
