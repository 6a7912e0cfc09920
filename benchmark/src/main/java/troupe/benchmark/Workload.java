package troupe.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What can be asked for on the command line. */
enum Workload {
  CREATE,
  SET,
  GET,
  MIX,
  MULTI,
  EPHEMERALS,
  WATCHES,
  SESSIONS,
  STARTUP,
  RECOVERY,
  ENSEMBLE,
  FAILOVER;

  /** The smallest ensemble that outlives the loss of a server. */
  private static final int SERVERS = 3;

  List<Section> sections(Settings settings) {
    return switch (this) {
      case CREATE -> requests("create", Operation.CREATE, settings);
      case SET -> requests("set", Operation.SET, settings);
      case GET -> requests("get", Operation.GET, settings);
      case MIX -> requests("nine gets to one set", Operation.MIX, settings);
      case MULTI -> requests("multi of check, set, create, delete", Operation.MULTI, settings);
      case EPHEMERALS -> requests("create and delete an ephemeral", Operation.EPHEMERAL, settings);
      case WATCHES -> List.of(
          watches(settings.watchers() + " sessions", settings.watchers(), settings),
          watches("1 session", 1, settings));
      case SESSIONS -> List.of(
          sessions("connect and close, " + settings.clients() + " at a time", settings.clients(), settings),
          sessions("connect and close, one at a time", 1, settings));
      case STARTUP -> List.of(new StartUpSection("start-up"));
      case RECOVERY -> List.of(new RecoverySection(
          String.format(Locale.ROOT, "recovery of %,d znodes of 100 bytes after kill -9", settings.znodes())));
      case ENSEMBLE -> Stream.of(
              ensemble("set", Operation.SET, settings),
              ensemble("get", Operation.GET, settings),
              ensemble("nine gets to one set", Operation.MIX, settings))
          .flatMap(List::stream).toList();
      case FAILOVER -> List.of(
          new FailoverSection(SERVERS + " servers, kill -9 of the leader, sessions write one at a time", SERVERS));
    };
  }

  private static List<Section> requests(String title, Operation operation, Settings settings) {
    return requests(title, 1, operation, settings);
  }

  private static List<Section> ensemble(String title, Operation operation, Settings settings) {
    return requests(SERVERS + " servers: " + title, SERVERS, operation, settings);
  }

  private static List<Section> requests(String title, int servers, Operation operation, Settings settings) {
    LoadSection.Factory many = (server, numbers) -> RequestLoad.connect(
        server, settings.clients(), settings.window(), operation, numbers, settings.maxOperations());
    LoadSection.Factory one = (server, numbers) -> RequestLoad.connect(
        server, 1, 1, operation, numbers, settings.maxOperations());
    String crowd = ", " + settings.clients() + " clients with " + settings.window() + " outstanding requests each";
    return List.of(
        new LoadSection(title + crowd, servers, many, many),
        new LoadSection(title + ", one client, one at a time", servers, many, one));
  }

  private static Section watches(String whom, int watchers, Settings settings) {
    return new LoadSection("watch events, one znode watched by " + whom, 1,
        (server, numbers) -> new WatchLoad(server, settings.watchers(), settings.maxOperations()),
        (server, numbers) -> new WatchLoad(server, watchers, settings.maxOperations()));
  }

  private static Section sessions(String title, int connectors, Settings settings) {
    return new LoadSection(title, 1,
        (server, numbers) -> new SessionLoad(server, settings.clients(), settings.maxOperations()),
        (server, numbers) -> new SessionLoad(server, connectors, settings.maxOperations()));
  }
}
