package troupe.tools;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import troupe.persistence.Backup;
import troupe.persistence.SnapshotScan;

/** {@code troupe restore}: a data directory from a backup. */
@Command(
    name = "restore",
    separator = " ",
    description = "Make the data directory of a server from a backup: it starts with exactly that state.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe restore /backup/troupe --data-dir /var/lib/troupe",
      "  troupe restore /backup/troupe --data-dir /var/lib/troupe --log-dir /log/troupe",
      "",
      "An ensemble: stop all servers, move all their data directories away, restore the same file for every voter,",
      "and only then start them; observers begin with empty directories. A server with data of its own from before",
      "would win over a backup that is older, and voters with empty directories could begin without it.",
      "One server of an ensemble that lives needs no backup: with an empty directory it is sent everything.",
      "",
      "Afterwards the ensemble goes on in an epoch far above that of the backup: else transactions after it would",
      "have zxids that clients know from before. Clients whose sessions are in the backup keep them, with their",
      "ephemeral nodes, if they come back in time.",
      "",
      "Exit codes: 0 when it is done, 1 when the backup is damaged or the disk fails, 2 when the command is wrong."
    })
final class Restore extends Tool {
  private final InstantSource clock;

  @Parameters(paramLabel = "FILE", description = "A backup, or a snapshot file of a server.")
  private Path file;

  @Option(
      names = "--data-dir", paramLabel = "DIRECTORY", required = true,
      description = "The data directory of the server that is to start (troupe.persistence.data-dir), new or empty.")
  private Path data;

  @Option(
      names = "--log-dir", paramLabel = "DIRECTORY",
      description = "The directory of its log, if it has one of its own (its troupe.persistence.log-dir).")
  private Optional<Path> log;

  @Option(
      names = "--epoch-at-least", paramLabel = "EPOCH",
      description = "The next epoch is at least this. Without it, it is more than the lost ensemble can have had.")
  private Optional<Long> epochAtLeast;

  Restore(Map<String, String> environment, InstantSource clock) {
    super(environment);
    this.clock = clock;
  }

  @Override
  int run(Report report) throws IOException {
    OptionalLong nextAtLeast = Texts.positive("--epoch-at-least", epochAtLeast);
    SoundFile backup = SoundFile.read(file, progress("nodes checked", 0));
    long promised = promised(backup.head(), nextAtLeast);
    try {
      Backup.restore(file, data, log, promised);
    } catch (DirectoryNotEmptyException e) {
      throw new WrongInput("there is data of a server in " + e.getMessage()
          + "; nothing was changed. Move it away first, or name another directory");
    }
    report.line(
        () -> data + ": " + backup,
        json -> {
          json.writeStringField("dataDirectory", data.toString());
          backup.writeTo(json);
          json.writeNumberField("nextEpochAtLeast", promised + 1);
        });
    report.text("the next epoch will be at least " + (promised + 1) + ", later than any of before");
    report.text("an ensemble: restore this file for every voter before the first one starts; leave observers empty");
    return FINE;
  }

  private long promised(SnapshotScan.Head head, OptionalLong nextAtLeast) {
    try {
      return Backup.promisedEpoch(head.last().epoch(), nextAtLeast, clock.instant());
    } catch (IllegalArgumentException e) {
      throw new WrongInput(e.getMessage());
    }
  }
}
