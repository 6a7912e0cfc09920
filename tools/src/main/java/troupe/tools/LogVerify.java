package troupe.tools;

import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import troupe.persistence.CorruptJournalException;
import troupe.persistence.CorruptSnapshotException;
import troupe.persistence.DataAtRest;
import troupe.persistence.LogCheck;

/** {@code troupe log verify}: whether a server can count on its log. */
@Command(
    name = "verify",
    separator = " ",
    description = "Look for damage in all of the log of a server that does not run, and in the snapshots it counts on.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe log verify --data-dir /var/lib/troupe",
      "  troupe log verify --data-dir /var/lib/troupe --no-digest     without the tree, where memory is short",
      "",
      "Compared are all checksums, sequence numbers, the order of zxids and epochs, and the digest of the tree",
      "after every batch. The first damage ends it. A write that a crash has cut short is told, and is no damage:",
      "it was never acknowledged, and the next start removes it. Nothing in the directory is changed.",
      "",
      "Exit codes: 0 when all is sound, 1 at damage, 2 when the command is wrong or a server runs there."
    })
final class LogVerify extends Tool {
  @Mixin private final DataOptions data = new DataOptions();

  @Option(
      names = "--no-digest",
      description = "Do not make the tree anew, batch by batch, to compare its digests: then little memory is needed.")
  private boolean noDigest;

  LogVerify(Map<String, String> environment) {
    super(environment);
  }

  @Override
  int run(Report report) throws IOException {
    try (DataAtRest server = data.open();
        Progress progress = progress("events", server.highestSequenceNr())) {
      LogCheck.Sound sound = LogCheck.check(server, !noDigest, progress::at);
      for (String remark : server.remarks()) {
        tell(remark);
      }
      report.line(
          () -> "sound: " + sound.events() + " events, " + sound.transactions() + " transactions up to " + sound.last()
              + ", " + sound.digests() + " digests of the tree compared, " + sound.snapshots() + " snapshots read",
          json -> {
            json.writeBooleanField("sound", true);
            json.writeNumberField("events", sound.events());
            json.writeNumberField("batches", sound.batches());
            json.writeNumberField("transactions", sound.transactions());
            json.writeStringField("last", sound.last().toString());
            json.writeNumberField("digests", sound.digests());
            json.writeNumberField("snapshots", sound.snapshots());
            json.writeArrayFieldStart("remarks");
            for (String remark : server.remarks()) {
              json.writeString(remark);
            }
            json.writeEndArray();
          });
      return FINE;
    } catch (CorruptJournalException | CorruptSnapshotException damage) {
      report.line(() -> "damaged", json -> {
        json.writeBooleanField("sound", false);
        json.writeStringField("damage", damage.getMessage());
      });
      throw damage;
    }
  }
}
