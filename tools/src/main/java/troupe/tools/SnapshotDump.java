package troupe.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import troupe.persistence.SnapshotScan;
import troupe.tree.Owner;
import troupe.tree.SessionInfo;
import troupe.tree.Znode;

/** {@code troupe snapshot dump}: the nodes and sessions in a file. */
@Command(
    name = "dump",
    separator = " ",
    description = "Print the sessions and nodes in a snapshot file or a backup, parents before their children.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe snapshot dump /backup/troupe --path /orders --data",
      "  troupe snapshot dump --data-dir /var/lib/troupe --output json     the newest snapshot of a server",
      "",
      "For the very newest state of a server save it first: 'troupe backup'. A node's next sequence number is how",
      "many children were ever created below it. Hashes of passwords in ACLs are hidden unless asked for, passwords",
      "of sessions always.",
      "",
      "Exit codes: 0 when all was read, 1 at damage, 2 when the command is wrong."
    })
final class SnapshotDump extends Tool {
  @Parameters(arity = "0..1", paramLabel = "FILE", description = "A snapshot file or a backup.")
  private Optional<Path> file;

  @Option(names = "--data-dir", paramLabel = "DIRECTORY", description = "The newest snapshot in a data directory.")
  private Optional<Path> data;

  @Option(names = "--path", paramLabel = "PATH", description = "Only this node and those below it.")
  private Optional<String> path;

  @Option(names = "--data", description = "The data of the nodes too: as text where it is text, else in Base64.")
  private boolean withData;

  @Option(names = "--secrets", description = "Show the hashes of passwords in ACLs.")
  private boolean secrets;

  SnapshotDump(Map<String, String> environment) {
    super(environment);
  }

  @Override
  int run(Report report) throws IOException {
    if (file.isPresent() == data.isPresent()) {
      throw new WrongInput("either a FILE or --data-dir is needed");
    }
    Optional<String> top = path.map(Texts::path);
    Path source = file.isPresent() ? file.get() : newest(data.get());
    try (Progress progress = progress("nodes read", 0)) {
      SnapshotScan.scan(source, new SnapshotScan.Visitor() {
        private long nodes;

        @Override
        public void head(SnapshotScan.Head head) throws IOException {
          report.line(
              () -> "# " + source + ": " + head.nodes() + " nodes at " + head.last() + ", digest " + head.digest(),
              json -> {
                json.writeStringField("file", source.toString());
                json.writeStringField("zxid", head.last().toString());
                json.writeStringField("digest", Long.toString(head.digest()));
                json.writeNumberField("nodes", head.nodes());
              });
        }

        @Override
        public void session(long id, SessionInfo session) throws IOException {
          if (top.isEmpty()) {
            print(report, id, session);
          }
        }

        @Override
        public void node(String nodePath, Znode node) throws IOException {
          progress.at(++nodes);
          if (top.filter(wished -> !Texts.isWithin(nodePath, wished)).isEmpty()) {
            print(report, nodePath, node);
          }
        }
      });
    }
    return FINE;
  }

  /** By name: which of them a server counts on is in its log. */
  static Path newest(Path dataDirectory) throws IOException {
    Path snapshots = dataDirectory.resolve("snapshots");
    if (!Files.isDirectory(snapshots)) {
      throw new NoSuchFileException(dataDirectory.toString(), null, "no server has written a snapshot there");
    }
    try (Stream<Path> files = Files.list(snapshots)) {
      return files.filter(each -> each.getFileName().toString().matches("snapshot\\.[0-9a-f]{1,16}"))
          .max(Comparator.comparing(each -> Long.parseUnsignedLong(each.getFileName().toString().substring(9), 16),
              Long::compareUnsigned))
          .orElseThrow(() ->
              new NoSuchFileException(dataDirectory.toString(), null, "no server has written a snapshot there"));
    }
  }

  private static void print(Report report, long id, SessionInfo session) throws IOException {
    report.line(() -> "session " + Texts.hex(id) + ", timeout " + session.timeout() + " ms", json -> {
      json.writeStringField("session", Texts.hex(id));
      json.writeNumberField("timeoutMillis", session.timeout());
    });
  }

  private void print(Report report, String nodePath, Znode node) throws IOException {
    report.line(
        () -> Texts.printable(nodePath) + " (" + node.data().length + " bytes, version " + node.version()
            + ", next sequence number " + Integer.toUnsignedString(node.creations())
            + (node.owner() == Owner.NONE ? "" : ", " + Texts.kind(node.owner()))
            + ") czxid " + Texts.hex(node.czxid()) + " mzxid " + Texts.hex(node.mzxid())
            + " pzxid " + Texts.hex(node.pzxid()) + " ctime " + Texts.time(node.ctime())
            + " mtime " + Texts.time(node.mtime()) + " acl " + Texts.acl(node.acl(), secrets)
            + " (version " + node.aversion() + ")"
            + (!withData ? "" : node.data() == Znode.NO_DATA ? " no data" : " data " + Texts.data(node.data())),
        json -> {
          json.writeStringField("path", nodePath);
          json.writeStringField("czxid", Texts.hex(node.czxid()));
          json.writeStringField("mzxid", Texts.hex(node.mzxid()));
          json.writeStringField("pzxid", Texts.hex(node.pzxid()));
          json.writeStringField("ctime", Texts.time(node.ctime()));
          json.writeStringField("mtime", Texts.time(node.mtime()));
          json.writeNumberField("version", node.version());
          json.writeNumberField("aversion", node.aversion());
          json.writeNumberField("nextSequenceNumber", Integer.toUnsignedLong(node.creations()));
          Texts.writeKind(json, node.owner());
          Texts.writeAcl(json, node.acl(), secrets);
          json.writeNumberField("dataLength", node.data().length);
          if (withData && node.data() == Znode.NO_DATA) {
            json.writeNullField("data");
          } else if (withData) {
            Texts.writeData(json, node.data());
          }
        });
  }
}
