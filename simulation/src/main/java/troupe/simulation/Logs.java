package troupe.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import troupe.persistence.Snapshots;

/** What servers log goes to the world that they live in: it is their part of its story, and their errors matter. */
final class Logs extends AppenderBase<ILoggingEvent> {
  /** Hears what is logged by a life that has not ended. */
  interface Listener {
    void logged(Lane by, boolean error, String message, Optional<Throwable> cause);
  }

  private Logs() {}

  /** @param told whether also what is no trouble is wanted */
  static void collect(boolean told) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Logs logs = new Logs();
    logs.setContext(context);
    logs.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(logs);
    context.getLogger("troupe").setLevel(told ? Level.INFO : Level.WARN);
    context.getLogger(Snapshots.class).setLevel(Level.WARN); // here they are taken every few transactions
  }

  @Override
  protected void append(ILoggingEvent event) {
    Kernel kernel = Turns.kernel();
    if (!kernel.isOver() && !kernel.current().isDead()) {
      Optional<Throwable> cause = event.getThrowableProxy() instanceof ThrowableProxy proxy
          ? Optional.of(proxy.getThrowable())
          : Optional.empty();
      kernel.logged(event.getLevel() == Level.ERROR, event.getFormattedMessage(), cause);
    }
  }
}
