package troupe.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import troupe.persistence.CorruptSnapshotException;

/** {@code troupe snapshot verify}: whether files are what was written. */
@Command(
    name = "verify",
    separator = " ",
    description = "Read all of a snapshot file or a backup, and look for damage.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe snapshot verify /backup/troupe-*",
      "  troupe snapshot verify /var/lib/troupe/snapshots/*",
      "",
      "Compared are all checksums, the number of nodes, and their digest. This takes little memory.",
      "",
      "Exit codes: 0 when all files are sound, 1 when one is not, 2 for a wrong command or no such file."
    })
final class SnapshotVerify extends Tool {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Snapshot files or backups.")
  private List<Path> files;

  SnapshotVerify(Map<String, String> environment) {
    super(environment);
  }

  @Override
  int run(Report report) throws IOException {
    int code = FINE;
    for (Path file : files) {
      if (!isSound(report, file)) {
        code = FAILED;
      }
    }
    return code;
  }

  private boolean isSound(Report report, Path file) throws IOException {
    try {
      SoundFile sound = SoundFile.read(file, progress("nodes of " + file, 0));
      report.line(() -> file + ": sound, " + sound + ", digest " + sound.head().digest(), json -> {
        json.writeStringField("file", file.toString());
        json.writeBooleanField("sound", true);
        sound.writeTo(json);
      });
      return true;
    } catch (CorruptSnapshotException e) {
      report.line(() -> file + ": damaged: " + e.getMessage(), json -> {
        json.writeStringField("file", file.toString());
        json.writeBooleanField("sound", false);
        json.writeStringField("damage", e.getMessage());
      });
      return false;
    }
  }
}
