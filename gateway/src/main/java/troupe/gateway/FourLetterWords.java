package troupe.gateway;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import troupe.actors.Server;
import troupe.ensemble.Ensemble;
import troupe.session.SessionTracker;
import troupe.session.Watches;
import troupe.tree.DataTree;

/**
 * ZooKeeper's way of asking a server how it is: four letters, and a text comes back. Only those that are allowed are
 * answered. Source: ZooKeeper's FourLetterCommands and the classes beside it, whose text formats tools depend on.
 */
final class FourLetterWords {
  private static final Set<String> WORDS = Set.of(
      "conf", "cons", "crst", "dirs", "dump", "envi", "gtmk", "stmk", "ruok", "srvr", "srst", "stat", "wchc", "wchp",
      "wchs", "mntr", "isro", "hash");
  private static final Set<Integer> NUMBERS =
      WORDS.stream().map(FourLetterWords::number).collect(Collectors.toUnmodifiableSet());
  private static final String NOT_SERVING = "This ZooKeeper instance is not currently serving requests\n";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Gateway.Port port;
  private final Figures figures;

  FourLetterWords(Gateway.Port port, Figures figures) {
    this.port = port;
    this.figures = figures;
  }

  /** Whether these four bytes, which might be a length, are a word. */
  static boolean isWord(int number) {
    return NUMBERS.contains(number);
  }

  private static int number(String word) {
    return ByteBuffer.wrap(word.getBytes(StandardCharsets.US_ASCII)).getInt();
  }

  /** @param rest what came behind the word */
  CompletionStage<String> answer(int number, ByteBuf rest, Connection asking) {
    String word = new String(
        ByteBuffer.allocate(Integer.BYTES).putInt(number).array(), StandardCharsets.US_ASCII);
    if (!port.settings().answers(word)) {
      return text(word + " is not executed because it is not in the whitelist.\n");
    }
    return switch (word) {
      case "ruok" -> text("imok");
      case "gtmk" -> text(Long.toString(figures.traceMask()));
      case "stmk" -> text(setTraceMask(rest));
      case "envi" -> text(environment());
      default -> port.serving().map(serving -> ofServer(word, serving, asking)).orElseGet(() -> text(notServing(word)));
    };
  }

  private static String notServing(String word) {
    return word.equals("isro") ? "null" : NOT_SERVING;
  }

  private CompletionStage<String> ofServer(String word, Server.Serving serving, Connection asking) {
    DataTree tree = serving.published().get();
    String mode = serving.office().mode().name().toLowerCase(Locale.ROOT);
    return switch (word) {
      case "isro" -> text("rw");
      case "srvr" -> text(version() + summary(tree, mode));
      case "stat" -> text(
          version() + "Clients:\n" + connections(c -> c.stats().brief(c == asking)) + "\n" + summary(tree, mode));
      case "cons" -> text(connections(c -> c.stats().full(c == asking)) + "\n");
      case "crst" -> {
        port.resetConnectionStatistics();
        yield text("Connection stats reset.\n");
      }
      case "srst" -> {
        port.resetStatistics();
        yield text("Server stats reset.\n");
      }
      case "conf" -> fromDisk(this::configuration);
      case "dirs" -> fromDisk(() ->
          "datadir_size: " + figures.dataSize() + "\nlogdir_size: " + figures.logSize() + "\n");
      case "hash" -> text(Long.toHexString(tree.lastZxidNumber()) + ": " + tree.digest() + "\n");
      case "wchs" -> watches(serving, FourLetterWords::watchSummary);
      case "wchc" -> watches(serving, FourLetterWords::watchesBySession);
      case "wchp" -> watches(serving, FourLetterWords::watchesByPath);
      case "mntr" -> AskPattern.<Watches.Command, Integer>ask(
              serving.watches(), Watches.GetCount::new, PATIENCE, port.system().scheduler())
          .thenApply(watches -> lines(figures.monitor(serving, watches), "zk_", "\t"));
      case "dump" -> AskPattern.<SessionTracker.Command, SessionTracker.Expiries>ask(
              serving.tracker(), SessionTracker.GetExpiries::new, PATIENCE, port.system().scheduler())
          .thenApply(expiries -> dump(tree, expiries));
      default -> throw new IllegalStateException("no answer to " + word);
    };
  }

  private String setTraceMask(ByteBuf rest) {
    if (rest.readableBytes() >= Long.BYTES) {
      figures.setTraceMask(rest.readLong());
    }
    return Long.toString(figures.traceMask());
  }

  private String version() {
    return "Zookeeper version: " + figures.version() + "\n";
  }

  private String summary(DataTree tree, String mode) {
    Traffic stats = port.stats().snapshot();
    return "Latency min/avg/max: " + stats.minLatency() + "/" + Figures.averageLatency(stats)
        + "/" + stats.maxLatency() + "\n"
        + "Received: " + stats.received() + "\n"
        + "Sent: " + stats.sent() + "\n"
        + "Connections: " + port.connections().size() + "\n"
        + "Outstanding: " + stats.outstanding() + "\n"
        + "Zxid: 0x" + Long.toHexString(tree.lastZxidNumber()) + "\n"
        + "Mode: " + mode + "\n"
        + "Node count: " + Figures.nodeCount(tree) + "\n";
  }

  private String connections(Function<Connection, String> line) {
    return port.connections().stream().map(connection -> line.apply(connection) + "\n").collect(Collectors.joining());
  }

  private String configuration() {
    String own = lines(figures.configuration(), "", "=");
    return figures.ensemble().peers().isEmpty() ? own : own + membership();
  }

  private String membership() {
    String all = figures.ensemble().members().stream()
        .map(member -> "server." + member.id() + "=" + member.host() + ":" + member.port() + ":"
            + member.lifeLinePort() + ":" + (member.role() == Ensemble.Role.VOTER ? "participant" : "observer") + "\n")
        .collect(Collectors.joining());
    return lines(figures.membership(), "", "=") + "membership: \n" + all + "version=0\n";
  }

  private String environment() {
    return "Environment:\n" + lines(figures.environment(), "", "=");
  }

  private CompletionStage<String> watches(Server.Serving serving, Function<Watches.Summary, String> format) {
    return AskPattern.<Watches.Command, Watches.Summary>ask(
            serving.watches(), Watches.GetSummary::new, PATIENCE, port.system().scheduler())
        .thenApply(format::apply);
  }

  private static String watchSummary(Watches.Summary summary) {
    return summary.bySession().size() + " connections watching " + summary.byPath().size() + " paths\n"
        + "Total watches:" + summary.byPath().values().stream().mapToInt(List::size).sum() + "\n";
  }

  private static String watchesBySession(Watches.Summary summary) {
    StringBuilder text = new StringBuilder();
    summary.bySession().forEach((session, paths) -> {
      text.append("0x").append(Long.toHexString(session)).append('\n');
      paths.forEach(path -> text.append('\t').append(path).append('\n'));
    });
    return text.append('\n').toString();
  }

  private static String watchesByPath(Watches.Summary summary) {
    StringBuilder text = new StringBuilder();
    summary.byPath().forEach((path, sessions) -> {
      text.append(path).append('\n');
      sessions.forEach(session -> text.append("\t0x").append(Long.toHexString(session)).append('\n'));
    });
    return text.append('\n').toString();
  }

  private String dump(DataTree tree, SessionTracker.Expiries expiries) {
    StringBuilder text = new StringBuilder("SessionTracker dump:\n");
    long sessions = expiries.byMillisLeft().values().stream().mapToLong(List::size).sum();
    text.append("Session Sets (").append(expiries.byMillisLeft().size()).append(")/(").append(sessions).append("):\n");
    expiries.byMillisLeft().forEach((millis, ids) -> {
      text.append(ids.size()).append(" expire at ").append(new Date(System.currentTimeMillis() + millis)).append(":\n");
      ids.forEach(id -> text.append("\t0x").append(Long.toHexString(id)).append('\n'));
    });
    List<Long> owners = tree.sessionsWithEphemerals();
    text.append("ephemeral nodes dump:\nSessions with Ephemerals (").append(owners.size()).append("):\n");
    for (long owner : owners) {
      text.append("0x").append(Long.toHexString(owner)).append(":\n");
      tree.ephemeralsOf(owner).forEach(path -> text.append('\t').append(path).append('\n'));
    }
    int connections = port.connections().size();
    text.append("Connections dump:\nConnections Sets (").append(connections == 0 ? 0 : 1).append(")/(")
        .append(connections).append("):\n");
    if (connections > 0) {
      text.append(connections).append(" expire at ").append(new Date()).append(":\n");
      port.connections().forEach(connection -> text
          .append("\tip: ").append(connection.stats().client()).append(" sessionId: 0x")
          .append(Long.toHexString(connection.stats().session().orElse(0))).append('\n'));
    }
    return text.toString();
  }

  private static String lines(Map<String, ?> values, String before, String between) {
    return values.entrySet().stream()
        .map(value -> before + value.getKey() + between + value.getValue() + "\n")
        .collect(Collectors.joining());
  }

  /** Looking at files may take a while, and this is an event loop. */
  private CompletionStage<String> fromDisk(Supplier<String> text) {
    return CompletableFuture.supplyAsync(
        text, port.system().dispatchers().lookup(DispatcherSelector.blocking()));
  }

  private static CompletionStage<String> text(String text) {
    return CompletableFuture.completedFuture(text);
  }
}
