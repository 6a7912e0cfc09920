package troupe.benchmark;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;
import troupe.client.Consistency;
import troupe.client.TroupeClient;

/** The stock client over TCP and the client of actors, in turns, on one ensemble of three Troupe servers. */
public final class ClientComparison {
  private static final int SERVERS = 3;
  private static final int CLIENTS = 16;
  private static final int WINDOW = 64;
  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration MEASURED = Duration.ofSeconds(5);
  private static final long NO_LIMIT = Long.MAX_VALUE / 2;
  private static final ByteString DATA = ByteString.fromArray(Znodes.data());
  private static final List<Figure> PRINTED = List.of(
      Figure.OPERATIONS_PER_SECOND, Figure.P50_MICROS, Figure.P99_MICROS, Figure.CPU_MICROS_PER_OPERATION);

  private final Ensemble ensemble;
  private final ActorSystem<Void> application;
  private final AtomicLong numbers = new AtomicLong();

  /** Makes a load of so many sessions with so many requests outstanding each. */
  private interface Form {
    Load of(int clients, int window) throws Exception;
  }

  private ClientComparison(Ensemble ensemble, ActorSystem<Void> application) {
    this.ensemble = ensemble;
    this.application = application;
  }

  /** @param arguments Troupe's folder, and how many rounds */
  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    Commands commands = new Commands(home, Path.of(System.getProperty("java.home")), "-Xmx1g", "",
        Map.of(Product.TROUPE, Commands.TROUPE), Map.of(Product.TROUPE, Commands.TROUPE_MEMBER));
    try (Launcher launcher = new Launcher(home.resolve("benchmark/target"), commands);
        Installation place = launcher.install(Product.TROUPE);
        Ensemble ensemble = Ensemble.start(place, SERVERS)) {
      try (Clients clients = Clients.connect(ensemble, 1)) {
        Znodes.prepare(clients.all().getFirst());
      }
      ActorSystem<Void> application = ActorSystem.create(Behaviors.empty(), "troupe", configuration(ensemble));
      try {
        new ClientComparison(ensemble, application).run(rounds);
      } finally {
        application.terminate();
      }
    }
  }

  private static Config configuration(Ensemble ensemble) {
    return ConfigFactory.parseMap(Map.of(
            "pekko.remote.artery.canonical.hostname", "127.0.0.1",
            "pekko.remote.artery.canonical.port", 0,
            "pekko.loglevel", "WARNING",
            "troupe-client.session-timeout", "30s",
            "troupe-client.servers", ensemble.peerAddresses()))
        .withFallback(ConfigFactory.parseResources("troupe-client.conf"))
        .withFallback(ConfigFactory.load());
  }

  private void run(int rounds) throws Exception {
    for (Operation operation : List.of(Operation.SET, Operation.GET, Operation.MIX)) {
      compare(operation + ", " + CLIENTS + " sessions with " + WINDOW + " outstanding requests each", operation,
          CLIENTS, WINDOW, rounds);
      compare(operation + ", one session, one at a time", operation, 1, 1, rounds);
    }
  }

  private void compare(String title, Operation operation, int clients, int window, int rounds) throws Exception {
    Map<String, Form> forms = new LinkedHashMap<>();
    forms.put("stock client", (sessions, outstanding) ->
        RequestLoad.connect(ensemble, sessions, outstanding, operation, numbers, NO_LIMIT));
    forms.put("actors", (sessions, outstanding) -> actors(sessions, outstanding, operation, Consistency.SEQUENTIAL));
    if (operation == Operation.GET) {
      forms.put("actors, linearizable", (sessions, outstanding) ->
          actors(sessions, outstanding, operation, Consistency.LINEARIZABLE));
    }
    Map<String, List<Map<Figure, Double>>> measured = new LinkedHashMap<>();
    for (int round = 0; round <= rounds; round++) { // the first one warms up
      for (Map.Entry<String, Form> form : forms.entrySet()) {
        Map<Figure, Double> figures = measure(form.getValue(), clients, window, round == 0 ? WARM_UP : MEASURED);
        if (round > 0) {
          measured.computeIfAbsent(form.getKey(), name -> new ArrayList<>()).add(figures);
        }
      }
    }
    System.out.printf("%n%s: medians of %d rounds%n", title, rounds);
    measured.forEach((name, figures) -> {
      StringBuilder line = new StringBuilder();
      for (Figure figure : PRINTED) {
        double median = Spread.of(figures.stream().map(each -> each.get(figure)).toList()).median();
        line.append(String.format(Locale.ROOT, ", %s %,.0f %s", figure.title(), median, figure.unit()));
      }
      System.out.printf("  %-22s %s%n", name, line.substring(2));
    });
  }

  private Map<Figure, Double> measure(Form form, int clients, int window, Duration time) throws Exception {
    try (Load load = form.of(clients, window)) {
      Spending before = Spending.soFar(ensemble);
      Work work = load.run(time);
      return work.figures(Spending.soFar(ensemble).since(before), Runtime.getRuntime().availableProcessors());
    }
  }

  private Load actors(int clients, int window, Operation operation, Consistency consistency) {
    List<TroupeClient> sessions = IntStream.range(0, clients).mapToObj(i -> TroupeClient.open(application))
        .toList().stream().map(opening -> opening.toCompletableFuture().join()).toList();
    List<RequestLoad.Requester> requesters = sessions.stream().map(session -> requester(session, operation, consistency))
        .toList();
    return new RequestLoad(requesters, () -> close(sessions), window, numbers, NO_LIMIT);
  }

  private static RequestLoad.Requester requester(TroupeClient session, Operation operation, Consistency consistency) {
    return (number, done) -> ask(session, operation, number, consistency).whenComplete((answer, failure) -> done.accept(
        failure == null ? null : new CompletionException(failure)));
  }

  private static CompletionStage<?> ask(TroupeClient session, Operation operation, long number, Consistency consistency) {
    return switch (operation) {
      case SET -> session.setData(Znodes.node(number), DATA);
      case GET -> session.getData(Znodes.node(number), consistency);
      case MIX -> ask(session, number % Operation.MIX_SETS_ONE_IN == 0 ? Operation.SET : Operation.GET, number, consistency);
      case CREATE, MULTI, EPHEMERAL -> throw new IllegalArgumentException("not compared: " + operation);
    };
  }

  private static void close(List<TroupeClient> sessions) {
    CompletableFuture.allOf(sessions.stream().map(session -> session.close().toCompletableFuture())
        .toArray(CompletableFuture[]::new)).join();
  }
}
