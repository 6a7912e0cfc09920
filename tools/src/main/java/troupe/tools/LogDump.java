package troupe.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import troupe.ensemble.Zxid;
import troupe.persistence.DataAtRest;
import troupe.persistence.History;
import troupe.persistence.SnapshotRef;
import troupe.persistence.TransactionLog;
import troupe.tree.Change;
import troupe.tree.ErrorCode;
import troupe.tree.Transaction;

/** {@code troupe log dump}: what happened, in order. */
@Command(
    name = "dump",
    separator = " ",
    description = "Print the transactions in the log of a server that does not run, and what else the log records.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe log dump --data-dir /var/lib/troupe",
      "  troupe log dump --data-dir /var/lib/troupe --from 0x300000000 --to 0x3000000ff",
      "  troupe log dump --data-dir /var/lib/troupe --path /orders --output json",
      "",
      "Data is not shown, only its size. Transactions that were given up for another leader's are marked.",
      "Nothing in the directory is changed.",
      "",
      "Exit codes: 0 when all was read, 1 at damage, 2 when the command is wrong or a server runs there."
    })
final class LogDump extends Tool {
  @Mixin private final DataOptions data = new DataOptions();

  @Option(names = "--from", paramLabel = "ZXID", description = "Begin with this transaction, such as 0x300000001.")
  private Optional<String> from;

  @Option(names = "--to", paramLabel = "ZXID", description = "End with this transaction.")
  private Optional<String> to;

  @Option(names = "--path", paramLabel = "PATH", description = "Only what happened to this node and below it.")
  private Optional<String> path;

  LogDump(Map<String, String> environment) {
    super(environment);
  }

  @Override
  int run(Report report) throws IOException {
    Optional<Zxid> first = from.map(text -> Texts.zxid("--from", text));
    Optional<Zxid> last = to.map(text -> Texts.zxid("--to", text));
    Optional<String> top = path.map(Texts::path);
    try (DataAtRest server = data.open(); Progress progress = progress("events", server.highestSequenceNr())) {
      server.remarks().forEach(this::tell);
      History history = server.history();
      boolean all = first.isEmpty() && last.isEmpty() && top.isEmpty();
      server.forEach((sequenceNr, writtenAt, event) -> {
        progress.at(sequenceNr);
        try {
          if (event instanceof TransactionLog.Appended appended) {
            boolean counts = history.counts(appended.batch(), sequenceNr);
            for (Transaction transaction : appended.batch().transactions()) {
              boolean wanted = first.filter(zxid -> zxid.isAfter(transaction.zxid())).isEmpty()
                  && last.filter(transaction.zxid()::isAfter).isEmpty()
                  && top.filter(wished -> !touches(transaction.change(), wished)).isEmpty();
              if (wanted) {
                print(report, sequenceNr, transaction, counts);
              }
            }
          } else if (all) {
            print(report, sequenceNr, writtenAt, event);
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return true;
      });
    }
    return FINE;
  }

  private static boolean touches(Change change, String top) {
    return switch (change) {
      case Change.CreateNode create -> Texts.isWithin(create.path(), top);
      case Change.DeleteNode delete -> Texts.isWithin(delete.path(), top);
      case Change.SetNodeData set -> Texts.isWithin(set.path(), top);
      case Change.SetNodeAcl set -> Texts.isWithin(set.path(), top);
      case Change.Several several -> several.changes().stream().anyMatch(each -> touches(each, top));
      case Change.SessionClosed closed -> closed.ephemerals().stream().anyMatch(each -> Texts.isWithin(each, top));
      case Change.Checked checked -> false;
      case Change.SessionOpened opened -> false;
      case Change.Failed failed -> false;
      case Change.SeveralFailed failed -> false;
    };
  }

  private static void print(Report report, long sequenceNr, Transaction transaction, boolean counts)
      throws IOException {
    report.line(
        () -> transaction.zxid() + " " + Texts.time(transaction.time()) + " session " + Texts.hex(transaction.session())
            + " cxid " + transaction.cxid() + " " + describe(transaction.change()) + (counts ? "" : " (given up)"),
        json -> {
          json.writeNumberField("sequenceNr", sequenceNr);
          json.writeStringField("zxid", transaction.zxid().toString());
          json.writeStringField("time", Texts.time(transaction.time()));
          json.writeStringField("session", Texts.hex(transaction.session()));
          json.writeNumberField("cxid", transaction.cxid());
          write(json, transaction.change());
          json.writeBooleanField("counts", counts);
        });
  }

  private static String describe(Change change) {
    return switch (change) {
      case Change.CreateNode create -> "create " + Texts.printable(create.path()) + " ("
          + create.data().length + " bytes" + (create.owner() == 0 ? "" : ", " + Texts.kind(create.owner())) + ")";
      case Change.DeleteNode delete -> "delete " + Texts.printable(delete.path());
      case Change.SetNodeData set -> "setData " + Texts.printable(set.path()) + " (" + set.data().length
          + " bytes, version " + set.version() + ")";
      case Change.SetNodeAcl set -> "setACL " + Texts.printable(set.path()) + " (" + Texts.acl(set.acl(), false)
          + ", version " + set.version() + ")";
      case Change.Checked checked -> "check";
      case Change.Several several -> several.changes().stream().map(LogDump::describe)
          .collect(Collectors.joining("; ", "multi [", "]"));
      case Change.SessionOpened opened -> "createSession (timeout " + opened.session().timeout() + " ms)";
      case Change.SessionClosed closed -> "closeSession"
          + (closed.ephemerals().isEmpty() ? "" : " (deletes " + paths(closed.ephemerals()) + ")");
      case Change.Failed failed when failed.equals(Change.MOVED) -> "moved to another server";
      case Change.Failed failed -> "refused " + failed.reason();
      case Change.SeveralFailed failed -> "multi refused " + failed.reasons();
    };
  }

  private static String paths(List<String> paths) {
    return paths.stream().map(Texts::printable).collect(Collectors.joining(", "));
  }

  private static void write(JsonGenerator json, Change change) throws IOException {
    switch (change) {
      case Change.CreateNode create -> {
        operation(json, "create", create.path());
        json.writeNumberField("dataBytes", create.data().length);
        Texts.writeKind(json, create.owner());
        Texts.writeAcl(json, create.acl(), false);
        outcome(json, ErrorCode.OK);
      }
      case Change.DeleteNode delete -> {
        operation(json, "delete", delete.path());
        outcome(json, ErrorCode.OK);
      }
      case Change.SetNodeData set -> {
        operation(json, "setData", set.path());
        json.writeNumberField("dataBytes", set.data().length);
        json.writeNumberField("version", set.version());
        outcome(json, ErrorCode.OK);
      }
      case Change.SetNodeAcl set -> {
        operation(json, "setACL", set.path());
        Texts.writeAcl(json, set.acl(), false);
        json.writeNumberField("version", set.version());
        outcome(json, ErrorCode.OK);
      }
      case Change.Checked checked -> {
        json.writeStringField("operation", "check");
        outcome(json, ErrorCode.OK);
      }
      case Change.Several several -> {
        json.writeStringField("operation", "multi");
        json.writeArrayFieldStart("changes");
        for (Change each : several.changes()) {
          json.writeStartObject();
          write(json, each);
          json.writeEndObject();
        }
        json.writeEndArray();
        outcome(json, ErrorCode.OK);
      }
      case Change.SessionOpened opened -> {
        json.writeStringField("operation", "createSession");
        json.writeNumberField("timeoutMillis", opened.session().timeout());
        outcome(json, ErrorCode.OK);
      }
      case Change.SessionClosed closed -> {
        json.writeStringField("operation", "closeSession");
        json.writeArrayFieldStart("deleted");
        for (String path : closed.ephemerals()) {
          json.writeString(path);
        }
        json.writeEndArray();
        outcome(json, ErrorCode.OK);
      }
      case Change.Failed failed -> {
        json.writeStringField("operation", "refused");
        outcome(json, failed.reason());
      }
      case Change.SeveralFailed failed -> {
        json.writeStringField("operation", "multi");
        json.writeArrayFieldStart("outcomes");
        for (ErrorCode reason : failed.reasons()) {
          json.writeString(reason.name());
        }
        json.writeEndArray();
        outcome(json, failed.reasons().stream().filter(reason -> reason != ErrorCode.OK).findFirst()
            .orElse(ErrorCode.OK));
      }
    }
  }

  private static void operation(JsonGenerator json, String name, String path) throws IOException {
    json.writeStringField("operation", name);
    json.writeStringField("path", path);
  }

  private static void outcome(JsonGenerator json, ErrorCode code) throws IOException {
    json.writeStringField("outcome", code.name());
  }

  /**
   * What is no transaction.
   *
   * @param writtenAt milliseconds since 1970; 0 where the journal does not say
   */
  private static void print(Report report, long sequenceNr, long writtenAt, TransactionLog.Event event)
      throws IOException {
    String told = switch (event) {
      case TransactionLog.Appended appended -> throw new IllegalArgumentException("these are transactions");
      case TransactionLog.EpochAccepted accepted -> "epoch " + accepted.epoch() + " promised";
      case TransactionLog.EpochEstablished established -> "epoch " + established.epoch() + " begins";
      case TransactionLog.SnapshotTaken taken -> "snapshot " + taken.snapshot().file() + " taken";
      case TransactionLog.Truncated truncated -> "given up: all after " + truncated.truncation().keepUpTo();
      case TransactionLog.SnapshotInstalled installed -> "snapshot " + installed.snapshot().file()
          + " stands for all before: from another server or a backup";
    };
    boolean dated = writtenAt != 0;
    report.line(() -> "-- " + (dated ? Texts.time(writtenAt) + " " : "") + told, json -> {
      json.writeNumberField("sequenceNr", sequenceNr);
      if (dated) {
        json.writeStringField("writtenAt", Texts.time(writtenAt));
      }
      switch (event) {
        case TransactionLog.Appended appended -> throw new IllegalArgumentException("these are transactions");
        case TransactionLog.EpochAccepted accepted -> {
          json.writeStringField("event", "epochPromised");
          json.writeNumberField("epoch", accepted.epoch());
        }
        case TransactionLog.EpochEstablished established -> {
          json.writeStringField("event", "epochEstablished");
          json.writeNumberField("epoch", established.epoch());
        }
        case TransactionLog.SnapshotTaken taken -> write(json, "snapshotTaken", taken.snapshot());
        case TransactionLog.Truncated truncated -> {
          json.writeStringField("event", "givenUp");
          json.writeStringField("keptUpTo", truncated.truncation().keepUpTo().toString());
        }
        case TransactionLog.SnapshotInstalled installed -> write(json, "snapshotInstalled", installed.snapshot());
      }
    });
  }

  private static void write(JsonGenerator json, String event, SnapshotRef snapshot) throws IOException {
    json.writeStringField("event", event);
    json.writeStringField("file", snapshot.file());
    json.writeStringField("zxid", snapshot.last().toString());
    json.writeStringField("digest", Long.toString(snapshot.digest()));
  }
}
