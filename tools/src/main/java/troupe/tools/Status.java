package troupe.tools;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code troupe status}: the servers of an ensemble, as one of them sees them. */
@Command(
    name = "status",
    separator = " ",
    description = "Show the servers of a running ensemble: who leads, who follows, who is behind, who is away.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe status                                       ask the server on this machine",
      "  troupe status --url https://zoo1.example.org:7626 --ca ca.pem",
      "  troupe status --watch                               again every two seconds, until Ctrl-C",
      "  troupe status --output json | jq .servers",
      "",
      "Exit codes: 0 if all is well, 1 if there is no leader, a server is away or does not serve, or nobody",
      "answers, 2 when the command or the credentials are wrong."
    })
final class Status extends Tool {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
  private static final String PATH = "/troupe/ensemble";
  private static final List<String> HEAD =
      List.of("ID", "ADDRESS", "MODE", "EPOCH", "ZXID", "LAG", "SESSIONS", "CLIENTS", "SINCE", "");

  private final InstantSource clock;

  @Mixin private ManagementPort port;

  @Option(names = "--watch", description = "Ask again every two seconds, until Ctrl-C.")
  private boolean watch;

  Status(Map<String, String> environment, InstantSource clock) {
    super(environment);
    this.clock = clock;
    this.port = new ManagementPort(environment);
  }

  @Override
  int run(Report report) throws IOException, InterruptedException {
    if (port.isExposed()) {
      tell("the credentials go to " + port.url() + " as they are, for everybody on the way to read; use https");
    }
    int code = once(report);
    while (watch) {
      report.flush();
      Thread.sleep(BETWEEN_LOOKS);
      report.text("");
      code = once(report);
    }
    return code;
  }

  private int once(Report report) throws IOException, InterruptedException {
    JsonNode ensemble;
    try {
      ensemble = port.getJson(PATH);
    } catch (ManagementPort.Unreachable e) {
      tell(e.getMessage());
      return FAILED;
    }
    if (!ensemble.path("servers").isArray()) {
      throw new Failed("what answers at " + port.url() + PATH + " does not tell of servers; is it another version?");
    }
    if (watch) {
      report.text(clock.instant().toString());
    }
    List<List<String>> rows = new ArrayList<>(List.of(HEAD));
    ensemble.get("servers").forEach(server -> rows.add(row(server)));
    for (String line : table(rows)) {
      report.text(line);
    }
    List<String> troubles = troubles(ensemble);
    for (String trouble : troubles) {
      report.text(trouble);
    }
    // The same object in one line, whichever way the server has laid it out.
    report.line(() -> summary(ensemble), json -> {
      for (var field : ensemble.properties()) {
        json.writeFieldName(field.getKey());
        json.writeRawValue(field.getValue().toString());
      }
    });
    return troubles.isEmpty() ? FINE : FAILED;
  }

  /** A server alone has none for other servers. */
  private static String address(JsonNode server) {
    int port = server.path("port").asInt();
    return port == 0 ? "-" : word(server.path("host")) + ":" + port;
  }

  private List<String> row(JsonNode server) {
    JsonNode status = server.path("status");
    String since = instant(status.path("since"))
        .map(from -> Texts.duration(Duration.between(from, clock.instant()))).orElse("-");
    return List.of(
        word(server.path("id")),
        address(server),
        status.path("mode").isTextual() ? word(status.path("mode")) : "(" + word(server.path("role")) + ")",
        word(status.path("epoch")),
        word(status.path("zxid")),
        word(server.path("lag")),
        word(status.path("sessions")),
        word(status.path("connections")),
        since,
        remark(server));
  }

  /** What is to be said of a server beside its numbers. */
  private String remark(JsonNode server) {
    JsonNode status = server.path("status");
    if (!server.path("reached").asBoolean()) {
      return "not reached" + instant(server.path("heardAt"))
          .map(then -> ", last heard of " + Texts.duration(Duration.between(then, clock.instant())) + " ago")
          .orElse("");
    }
    if (!status.path("serving").asBoolean()) {
      return "does not serve" + (status.path("why").isTextual() ? ": " + word(status.path("why")) : "");
    }
    boolean outOfStep = server.path("inStep").isBoolean() && !server.path("inStep").booleanValue();
    return outOfStep ? "not in step with the leader" : "";
  }

  private static List<String> troubles(JsonNode ensemble) {
    List<String> troubles = new ArrayList<>();
    if (leader(ensemble).isEmpty()) {
      troubles.add("no leader: no server takes a write");
    }
    List<String> away = new ArrayList<>();
    List<String> idle = new ArrayList<>();
    for (JsonNode server : ensemble.get("servers")) {
      if (!server.path("reached").asBoolean()) {
        away.add(word(server.path("id")));
      } else if (!server.path("status").path("serving").asBoolean()) {
        idle.add(word(server.path("id")));
      }
    }
    if (!away.isEmpty()) {
      troubles.add("not reached: " + String.join(", ", away));
    }
    if (!idle.isEmpty()) {
      troubles.add("not serving: " + String.join(", ", idle));
    }
    return troubles;
  }

  private static String summary(JsonNode ensemble) {
    OptionalLong leader = leader(ensemble);
    return "server " + word(ensemble.path("self")) + " of " + ensemble.get("servers").size() + " answered; "
        + (leader.isPresent() ? "leader " + leader.getAsLong() : "no leader");
  }

  /** The one that serves as a leader; of two, which can be for a moment, that of the newer epoch. */
  private static OptionalLong leader(JsonNode ensemble) {
    OptionalLong leader = OptionalLong.empty();
    long epoch = -1;
    for (JsonNode server : ensemble.get("servers")) {
      JsonNode status = server.path("status");
      String mode = status.path("mode").asText();
      boolean leads = status.path("serving").asBoolean() && (mode.equals("leader") || mode.equals("standalone"));
      if (leads && status.path("epoch").asLong() > epoch) {
        leader = OptionalLong.of(server.path("id").asLong());
        epoch = status.path("epoch").asLong();
      }
    }
    return leader;
  }

  private static String word(JsonNode value) {
    return value.isNull() || value.isMissingNode() ? "-" : Texts.printable(value.asText());
  }

  private static Optional<Instant> instant(JsonNode value) {
    try {
      return value.isTextual() ? Optional.of(Instant.parse(value.textValue())) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Columns as wide as what is in them. */
  private static List<String> table(List<List<String>> rows) {
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
