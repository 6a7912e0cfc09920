package troupe.links;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.ServerId;

/** The connection to one other server: {@link Connecting}, then {@link Standing}, for ever in turn. */
final class LifeLine {
  /** All that this actor understands; it all comes from itself. */
  sealed interface Command {}

  /** The name of the other server is known. */
  record Resolved(InetSocketAddress address) implements Command {}

  /** Somebody answers at the other server's address. */
  record Greeted(Greeting greeting) implements Command {}

  /** The connection was closed instead of an answer to this server's greeting. */
  record TurnedAway(Optional<Throwable> cause) implements Command {}

  /** The connection has ended, or could not be made. */
  record Ended(Optional<Throwable> cause) implements Command {}

  /** The other server has made a connection of its own: it is there. */
  record Knocked() implements Command {}

  /** Time to try again. */
  record RetryDue() implements Command {}

  /** The connection has stood for so long that nothing is wrong with it. */
  record Settled() implements Command {}

  /** What never changes. */
  private record Setup(
      Ensemble ensemble,
      Member peer,
      LinkSettings settings,
      RandomGenerator random,
      ActorRef<LifeLines.Event> listener,
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Lanes lanes,
      Executor blocking) {

    /** Resolved anew each time: a server may come back with another address behind its name. */
    void resolve() {
      context.pipeToSelf(
          CompletableFuture.supplyAsync(() -> new InetSocketAddress(peer.host(), peer.lifeLinePort()), blocking),
          (address, failure) -> failure == null ? new Resolved(address) : new Ended(Optional.of(rootOf(failure))));
    }

    void connect(InetSocketAddress address, Greeting.Form form) {
      ActorRef<Command> self = context.getSelf();
      if (address.isUnresolved()) {
        self.tell(new Ended(Optional.of(new UnknownHostException(peer.host()))));
        return;
      }
      lanes.connect(address, new Departure(Greeting.of(form, ensemble), peer.id(), lanes, self))
          .whenComplete((connection, failure) -> {
            if (failure != null) {
              self.tell(new Ended(Optional.of(rootOf(failure))));
            }
          });
    }

    String where() {
      return "server " + peer.id() + " at " + peer.host() + ":" + peer.lifeLinePort();
    }
  }

  private static final int FAILURES_PER_COMPLAINT = 100; // at the longest interval about one in a minute and a half

  private LifeLine() {}

  static Behavior<Command> create(
      Ensemble ensemble,
      ServerId peer,
      LinkSettings settings,
      RandomGenerator random,
      ActorRef<LifeLines.Event> listener,
      Lanes lanes) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      context.setLoggerName(LifeLine.class); // else it has the name of the state that says something first
      Setup setup = new Setup(ensemble, ensemble.member(peer), settings, random, listener, context, timers,
          lanes, context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()));
      return new Connecting(setup, 0, Greeting.Form.LANE).enter();
    }));
  }

  /**
   * No connection stands.
   *
   * @param form what is said first. An older server turns away who would open a lane, and is greeted again, in its way
   */
  private record Connecting(Setup setup, int failures, Greeting.Form form) {
    Behavior<Command> enter() {
      setup.resolve();
      return Behaviors.receiveMessage(this::onMessage);
    }

    Behavior<Command> enterLater() {
      setup.timers().startSingleTimer(new RetryDue(), delay());
      return Behaviors.receiveMessage(this::onMessage);
    }

    private Behavior<Command> onMessage(Command message) {
      return switch (message) {
        case Resolved resolved -> {
          setup.connect(resolved.address(), form);
          yield Behaviors.same();
        }
        case Greeted greeted -> new Standing(setup, failures).enter(greeted.greeting());
        case TurnedAway away when form == Greeting.Form.LANE ->
            new Connecting(setup, failures, Greeting.Form.LIFE_LINE).enter();
        case TurnedAway away -> failed(away.cause());
        case Ended ended -> failed(ended.cause());
        case Knocked knocked when setup.timers().isTimerActive(new RetryDue()) -> {
          setup.timers().cancel(new RetryDue());
          yield enter();
        }
        case Knocked knocked -> Behaviors.same(); // it is being tried
        case RetryDue due -> enter();
        case Settled late -> Behaviors.same();
      };
    }

    private Behavior<Command> failed(Optional<Throwable> cause) {
      if (failures % FAILURES_PER_COMPLAINT == 0) {
        complain(cause);
      }
      return new Connecting(setup, failures + 1, Greeting.Form.LANE).enterLater();
    }

    /** Between half of the interval and all of it, so that servers do not all come back in the same instant. */
    private Duration delay() {
      LinkSettings settings = setup.settings();
      long longest = settings.reconnectAfterMax().toNanos();
      long first = settings.reconnectAfter().toNanos();
      long interval = failures < Long.numberOfLeadingZeros(first) - 1 ? Math.min(longest, first << failures) : longest;
      return Duration.ofNanos(interval / 2 + setup.random().nextLong(interval / 2 + 1));
    }

    private void complain(Optional<Throwable> cause) {
      Logger log = setup.context().getLog();
      if (cause.isEmpty()) {
        log.warn("{} closes the connection: is server {} in its list of servers?",
            setup.where(), setup.ensemble().self());
      } else if (cause.get() instanceof UnknownHostException) {
        log.warn("{}: the name {} is not known (yet); it is tried again", setup.where(), setup.peer().host());
      } else if (cause.get() instanceof IllegalArgumentException) {
        log.warn("{}: {}", setup.where(), cause.get().getMessage());
      } else {
        String reason = Optional.ofNullable(cause.get().getMessage()).orElse(cause.get().getClass().getSimpleName());
        log.info("{} cannot be reached (yet): {}; it is tried again", setup.where(), reason);
      }
    }
  }

  /**
   * The connection stands.
   *
   * @param failures before it did. They count on until it has stood for a while: two servers with the same id, say,
   *     take this place from each other again and again
   */
  private record Standing(Setup setup, int failures) {
    Behavior<Command> enter(Greeting greeting) {
      if (!greeting.servers().equals(Greeting.of(greeting.form(), setup.ensemble()).servers())) {
        setup.context().getLog().warn("{} has another idea of who the servers are, who votes or what a vote weighs: "
            + "compare its configuration with the one of this server", setup.where());
      }
      if (greeting.form() == Greeting.Form.LIFE_LINE) {
        setup.context().getLog().info("{} is of an older version: messages to it take the slower way", setup.where());
      }
      setup.context().getLog().debug("life line to {} stands", setup.where());
      setup.timers().startSingleTimer(new Settled(), setup.settings().reconnectAfterMax());
      setup.listener().tell(new LifeLines.PeerFound(setup.peer().id()));
      return Behaviors.receiveMessage(this::onMessage);
    }

    private Behavior<Command> onMessage(Command message) {
      return switch (message) {
        case Ended ended -> {
          setup.context().getLog().info("{} is gone{}", setup.where(),
              ended.cause().map(cause -> ": " + cause.getMessage()).orElse(""));
          setup.listener().tell(new LifeLines.PeerLost(setup.peer().id()));
          boolean brief = setup.timers().isTimerActive(new Settled());
          setup.timers().cancel(new Settled());
          // Not at once: that could be a loop without a pause.
          yield new Connecting(setup, brief ? failures + 1 : 0, Greeting.Form.LANE).enterLater();
        }
        case Settled settled -> Behaviors.same();
        case Knocked knocked -> Behaviors.same();
        case Resolved twice -> throw new IllegalStateException(twice + " while the life line stands");
        case Greeted second -> throw new IllegalStateException("a second greeting from " + setup.where());
        case TurnedAway late -> throw new IllegalStateException("turned away after a greeting by " + setup.where());
        case RetryDue late -> throw new IllegalStateException("a retry while the life line stands");
      };
    }
  }

  /** What went wrong in the first place: futures and Netty wrap it. */
  static Throwable rootOf(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
