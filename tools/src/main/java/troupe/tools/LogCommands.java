package troupe.tools;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code troupe log}: the transaction log of a server that does not run. */
@Command(
    name = "log",
    description = "Look into the transaction log of a server that does not run.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe log verify --data-dir /var/lib/troupe",
      "  troupe log dump --data-dir /var/lib/troupe --path /orders --from 0x300000000",
      "",
      "Nothing in the directory is changed."
    })
final class LogCommands {
  @Mixin private HelpOption help;
}
