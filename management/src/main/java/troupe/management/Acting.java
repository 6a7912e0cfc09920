package troupe.management;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.slf4j.LoggerFactory;
import troupe.actors.Server;
import troupe.persistence.SnapshotRef;
import troupe.persistence.Snapshots;
import troupe.persistence.TransactionLog;
import troupe.session.SessionTracker;

/** What an operator may do to a node. */
final class Acting {
  record ShedView(int closed) {}

  /** @param loggers those with a level of their own */
  record LogLevelView(String root, Map<String, String> loggers) {}

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration FOR_A_SNAPSHOT = Duration.ofMinutes(10);

  private final ActorSystem<?> system;
  private final NodeState state;
  private final Reading reading;

  /** As the program began: where RESET leads back to. */
  private final LogLevelView before = logLevels();

  Acting(ActorSystem<?> system, NodeState state, Reading reading) {
    this.system = system;
    this.state = state;
    this.reading = reading;
  }

  CompletionStage<Reading.SnapshotView> takeSnapshot() {
    return snapshot().thenApply(reading::view);
  }

  /** The file with the newest committed state. It may be removed when newer ones have come, but not while it is read. */
  CompletionStage<Path> backup() {
    return snapshot().thenApply(ref -> state.node().snapshots().resolve(ref.file()));
  }

  private CompletionStage<SnapshotRef> snapshot() {
    return AskPattern.<Snapshots.Command, Snapshots.Result>ask(
            reading.serving().snapshots(), Snapshots.TakeNow::new, FOR_A_SNAPSHOT, system.scheduler())
        .thenApply(result -> switch (result) {
          case Snapshots.Taken taken -> taken.snapshot();
          case Snapshots.NotTaken not -> throw new Refusal(503, "no snapshot: " + not.why());
        });
  }

  void handOver() {
    Server.Office office = reading.serving().office();
    switch (office.mode()) {
      case LEADER -> state.node().server().tell(new Server.HandOver());
      case STANDALONE -> throw new Refusal(409, "this server is the whole ensemble: nobody else could lead");
      case FOLLOWER, OBSERVER -> throw new Refusal(409, "server " + office.leader() + " leads, not this one: ask there");
    }
  }

  CompletionStage<SessionTracker.Expiry> expire(long session) {
    Server.Serving serving = reading.serving();
    return AskPattern.<SessionTracker.Command, SessionTracker.Expiry>ask(
            serving.tracker(), replyTo -> new SessionTracker.Expire(session, replyTo), PATIENCE, system.scheduler())
        .thenApply(expiry -> switch (expiry) {
          case UNDER_WAY -> expiry;
          case UNKNOWN -> throw new Refusal(404, "there is no session " + Json.hex(session));
          case NOT_THE_LEADER -> throw new Refusal(409,
              "only the leader ends sessions: ask server " + serving.office().leader());
        });
  }

  ShedView shed(int percent) {
    if (percent < 1 || percent > 100) {
      throw new Refusal(400, "percent is " + percent + ", it has to be 1 to 100");
    }
    return new ShedView(state.node().port().shed(percent));
  }

  /** Waits for the disk, perhaps for seconds. */
  void compact() {
    state.node().journal().compact(TransactionLog.PERSISTENCE_ID.id());
  }

  static LogLevelView logLevels() {
    LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    Map<String, String> own = new TreeMap<>();
    for (Logger logger : loggers.getLoggerList()) {
      if (logger.getLevel() != null && !logger.getName().equals(Logger.ROOT_LOGGER_NAME)) {
        own.put(logger.getName(), logger.getLevel().toString());
      }
    }
    return new LogLevelView(loggers.getLogger(Logger.ROOT_LOGGER_NAME).getLevel().toString(), own);
  }

  /** @param level ERROR, WARN, INFO, DEBUG, TRACE, OFF, or RESET for what it was in the beginning */
  LogLevelView setLogLevel(String logger, String level) {
    LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    boolean root = logger.equalsIgnoreCase(Logger.ROOT_LOGGER_NAME);
    loggers.getLogger(logger).setLevel(level.equals("RESET")
        ? Level.toLevel(root ? before.root() : before.loggers().get(logger), null)
        : parse(level));
    return logLevels();
  }

  private static Level parse(String name) {
    Level level = Level.toLevel(name, null);
    if (level == null) {
      throw new Refusal(400, "level is " + name + ": ERROR, WARN, INFO, DEBUG, TRACE, OFF or RESET is needed");
    }
    return level;
  }
}
