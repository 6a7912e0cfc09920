package troupe.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Troupe as the commit before this state of the sources has it, built from the repository's own history. */
final class PreviousVersion {
  static final Path HOME = Path.of("target", "previous-version").toAbsolutePath();

  private PreviousVersion() {}

  /**
   * Builds it, unless that has been done.
   *
   * @return the commit; none, with a word on the console, where there is no history to take it from
   */
  static Optional<String> build() {
    try {
      boolean committed = Shell.output("git", "-C", "..", "status", "--porcelain", "--untracked-files=no").isEmpty();
      String commit = Shell.output("git", "-C", "..", "rev-parse", committed ? "HEAD~1" : "HEAD");
      Path built = HOME.resolve(commit);
      if (!Files.exists(built)) {
        Shell.run("rm", "-rf", HOME.toString());
        Files.createDirectories(HOME);
        Shell.run("sh", "-c", "git -C .. archive " + commit + " | tar -x -C '" + HOME + "'");
        // What this build needed from outside is all that one needs.
        Shell.run("mvn", "--quiet", "--batch-mode", "--offline", "--file", HOME.toString(), "package",
            "--projects", "node", "--also-make", "-Dmaven.test.skip=true");
        Files.createFile(built);
      }
      return Optional.of(commit);
    } catch (UncheckedIOException e) {
      System.out.println("The version before this one cannot be built here: " + e.getMessage());
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
