package troupe.tools;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code troupe snapshot}: snapshot files and backups. */
@Command(
    name = "snapshot",
    description = "Look into snapshot files and backups.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe snapshot verify /backup/*",
      "  troupe snapshot dump /backup/troupe --path /orders --data",
      "  troupe snapshot compare /backup/monday /backup/tuesday",
      "",
      "A snapshot file never changes: those of a running server can be looked at, too."
    })
final class SnapshotCommands {
  @Mixin private HelpOption help;
}
