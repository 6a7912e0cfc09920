package troupe.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import troupe.persistence.Backup;
import troupe.tree.DataTree;
import troupe.tree.SessionInfo;
import troupe.tree.Znode;

/** {@code troupe snapshot compare}: what is different in two files. */
@Command(
    name = "compare",
    separator = " ",
    description = "Print what is different in two snapshot files or backups: + only in B, - only in A, ~ in both.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe snapshot compare /backup/monday /backup/tuesday",
      "  troupe snapshot compare /backup/monday /backup/tuesday --path /orders --output json",
      "",
      "Both trees are held in memory. Data and passwords are compared, and not shown.",
      "",
      "Exit codes: 0 when nothing is different, 1 when something is or a file is damaged, 2 for a wrong command."
    })
final class SnapshotCompare extends Tool {
  private static final String DATA = "data";

  /** A field that differs. */
  private record Difference(String field, String before, String after) {
    @Override
    public String toString() {
      return field + " " + before + " -> " + after;
    }
  }

  @Parameters(index = "0", paramLabel = "A", description = "The one, the older perhaps.")
  private Path first;

  @Parameters(index = "1", paramLabel = "B", description = "The other.")
  private Path second;

  @Option(names = "--path", paramLabel = "PATH", description = "Only this node and those below it.")
  private Optional<String> path;

  private long added;
  private long removed;
  private long changed;

  SnapshotCompare(Map<String, String> environment) {
    super(environment);
  }

  @Override
  int run(Report report) throws IOException {
    Optional<String> top = path.map(Texts::path);
    DataTree before = Backup.read(first);
    DataTree after = Backup.read(second);
    if (top.isEmpty()) {
      compareSessions(report, before, after);
    }
    String start = top.orElse("/");
    compare(report, start.equals("/") ? "" : start, before.find(start), after.find(start));
    report.line(
        () -> "# " + first + " at " + before.lastZxid() + ", " + second + " at " + after.lastZxid() + ": " + added
            + " added, " + removed + " removed, " + changed + " changed",
        json -> {
          json.writeStringField("a", first.toString());
          json.writeStringField("zxidOfA", before.lastZxid().toString());
          json.writeStringField("b", second.toString());
          json.writeStringField("zxidOfB", after.lastZxid().toString());
          json.writeNumberField("added", added);
          json.writeNumberField("removed", removed);
          json.writeNumberField("changed", changed);
        });
    return added + removed + changed == 0 ? FINE : FAILED;
  }

  private void compareSessions(Report report, DataTree before, DataTree after) throws IOException {
    Map<Long, SessionInfo> old = sessions(before);
    Map<Long, SessionInfo> now = sessions(after);
    SortedSet<Long> ids = new TreeSet<>(old.keySet());
    ids.addAll(now.keySet());
    for (long id : ids) {
      List<Difference> differences = new ArrayList<>();
      if (old.containsKey(id) && now.containsKey(id)) {
        differ(differences, "timeout", old.get(id).timeout(), now.get(id).timeout());
        if (!old.get(id).password().equals(now.get(id).password())) {
          differences.add(new Difference("password", "one", "another"));
        }
      }
      tell(report, "session", Texts.hex(id), old.containsKey(id), now.containsKey(id), differences);
    }
  }

  private static Map<Long, SessionInfo> sessions(DataTree tree) {
    Map<Long, SessionInfo> sessions = new HashMap<>();
    tree.forEachSession(sessions::put);
    return sessions;
  }

  /** @param at empty for the root */
  private void compare(Report report, String at, Optional<Znode> before, Optional<Znode> after) throws IOException {
    if (before.isEmpty() && after.isEmpty()) {
      return;
    }
    List<Difference> differences = before.isPresent() && after.isPresent()
        ? differences(before.get(), after.get())
        : List.of();
    tell(report, "path", at.isEmpty() ? "/" : at, before.isPresent(), after.isPresent(), differences);
    SortedSet<String> names = new TreeSet<>();
    before.ifPresent(node -> names.addAll(node.childNames()));
    after.ifPresent(node -> names.addAll(node.childNames()));
    for (String name : names) {
      Optional<Znode> then = before.flatMap(node -> node.child(name));
      Optional<Znode> now = after.flatMap(node -> node.child(name));
      compare(report, at + "/" + name, then, now);
    }
  }

  private static List<Difference> differences(Znode before, Znode after) {
    List<Difference> found = new ArrayList<>();
    if (!Arrays.equals(before.data(), after.data())
        || (before.data() == Znode.NO_DATA) != (after.data() == Znode.NO_DATA)) {
      found.add(new Difference(DATA, size(before), size(after)));
    }
    differ(found, "version", before.version(), after.version());
    differ(found, "acl", Texts.acl(before.acl(), true), Texts.acl(after.acl(), true));
    differ(found, "aversion", before.aversion(), after.aversion());
    differ(found, "czxid", Texts.hex(before.czxid()), Texts.hex(after.czxid()));
    differ(found, "mzxid", Texts.hex(before.mzxid()), Texts.hex(after.mzxid()));
    differ(found, "pzxid", Texts.hex(before.pzxid()), Texts.hex(after.pzxid()));
    differ(found, "ctime", Texts.time(before.ctime()), Texts.time(after.ctime()));
    differ(found, "mtime", Texts.time(before.mtime()), Texts.time(after.mtime()));
    differ(found, "owner", Texts.hex(before.owner()), Texts.hex(after.owner()));
    differ(found, "nextSequenceNumber", Integer.toUnsignedString(before.creations()),
        Integer.toUnsignedString(after.creations()));
    return found.stream().map(each -> each.field().equals("acl")
        ? new Difference("acl", Texts.acl(before.acl(), false), Texts.acl(after.acl(), false))
        : each).toList();
  }

  private static String size(Znode node) {
    return node.data() == Znode.NO_DATA ? "none" : node.data().length + " bytes";
  }

  private static void differ(List<Difference> found, String field, Object before, Object after) {
    if (!before.equals(after)) {
      found.add(new Difference(field, before.toString(), after.toString()));
    }
  }

  private void tell(
      Report report, String kind, String name, boolean wasThere, boolean isThere, List<Difference> differences)
      throws IOException {
    if (wasThere && isThere && differences.isEmpty()) {
      return;
    }
    String what;
    String sign;
    if (!wasThere) {
      added++;
      what = "added";
      sign = "+ ";
    } else if (!isThere) {
      removed++;
      what = "removed";
      sign = "- ";
    } else {
      changed++;
      what = "changed";
      sign = "~ ";
    }
    String label = kind.equals("path") ? "" : kind + " ";
    report.line(
        () -> sign + label + Texts.printable(name) + (differences.isEmpty() ? "" : ": "
            + differences.stream().map(Difference::toString).collect(Collectors.joining(", "))),
        json -> {
          json.writeStringField(kind, name);
          json.writeStringField("change", what);
          json.writeArrayFieldStart("differences");
          for (Difference each : differences) {
            json.writeStartObject();
            json.writeStringField("field", each.field());
            json.writeStringField("a", each.before());
            json.writeStringField("b", each.after());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
