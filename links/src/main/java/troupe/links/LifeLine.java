package troupe.links;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.ServerId;

/** The connection to one other server: {@link Connecting}, then {@link Standing}, for ever in turn. */
final class LifeLine {
  /** All that this actor understands; it all comes from itself. */
  sealed interface Command {}

  /** Somebody answers at the other server's address. */
  record Greeted(Greeting greeting) implements Command {}

  /** The connection has ended, or could not be made. */
  record Ended(Optional<Throwable> cause) implements Command {}

  /** Time to try again. */
  record RetryDue() implements Command {}

  /** What never changes. */
  private record Setup(
      Ensemble ensemble,
      Member peer,
      LinkSettings settings,
      RandomGenerator random,
      ActorRef<LifeLines.Event> listener,
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Materializer materializer) {

    void connect() {
      // Resolved anew each time: a server may come back with another address behind its name.
      InetSocketAddress address = InetSocketAddress.createUnresolved(peer.host(), peer.lifeLinePort());
      Source<ByteString, ?> greetingAndSilence =
          Source.single(Greeting.of(ensemble).line()).concat(Source.<ByteString>maybe());
      ActorRef<Command> self = context.getSelf();
      context.pipeToSelf(
          greetingAndSilence
              .via(Tcp.get(context.getSystem()).outgoingConnection(address, Optional.empty(), List.of(new KeepAlive()),
                  false, Optional.of(CONNECT_TIMEOUT), Optional.empty()))
              .via(Greeting.reader())
              .map(this::checked)
              .initialTimeout(CONNECT_TIMEOUT.plus(LifeLinePort.GREETING_TIMEOUT))
              .runWith(Sink.foreach(greeting -> self.tell(new Greeted(greeting))), materializer),
          (done, failure) -> new Ended(Optional.ofNullable(failure).map(LifeLine::rootOf)));
    }

    private Greeting checked(Greeting greeting) {
      if (!greeting.from().equals(peer.id())) {
        throw new IllegalArgumentException("server " + greeting.from() + " answers there: correct its address or id");
      }
      return greeting;
    }

    String where() {
      return "server " + peer.id() + " at " + peer.host() + ":" + peer.lifeLinePort();
    }
  }

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final int FAILURES_PER_COMPLAINT = 100; // at the longest interval about one in a minute and a half

  private LifeLine() {}

  static Behavior<Command> create(
      Ensemble ensemble,
      ServerId peer,
      LinkSettings settings,
      RandomGenerator random,
      ActorRef<LifeLines.Event> listener) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      context.setLoggerName(LifeLine.class); // else it has the name of the state that says something first
      Setup setup = new Setup(ensemble, ensemble.member(peer), settings, random, listener, context, timers,
          Materializer.createMaterializer(context));
      return new Connecting(setup, 0).enter();
    }));
  }

  /** No connection stands. */
  private record Connecting(Setup setup, int failures) {
    Behavior<Command> enter() {
      setup.connect();
      return Behaviors.receiveMessage(this::onMessage);
    }

    Behavior<Command> enterLater() {
      setup.timers().startSingleTimer(new RetryDue(), delay());
      return Behaviors.receiveMessage(this::onMessage);
    }

    private Behavior<Command> onMessage(Command message) {
      return switch (message) {
        case Greeted greeted -> new Standing(setup).enter(greeted.greeting());
        case Ended ended -> {
          if (failures % FAILURES_PER_COMPLAINT == 0) {
            complain(ended.cause());
          }
          yield new Connecting(setup, failures + 1).enterLater();
        }
        case RetryDue due -> enter();
      };
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
        log.info("{} cannot be reached (yet): {}; it is tried again", setup.where(), cause.get().getMessage());
      }
    }
  }

  /** The connection stands. */
  private record Standing(Setup setup) {
    Behavior<Command> enter(Greeting greeting) {
      if (!greeting.servers().equals(Greeting.of(setup.ensemble()).servers())) {
        setup.context().getLog().warn("{} has another idea of who the servers are, who votes or what a vote weighs: "
            + "compare its configuration with the one of this server", setup.where());
      }
      setup.context().getLog().debug("life line to {} stands", setup.where());
      setup.listener().tell(new LifeLines.PeerFound(setup.peer().id()));
      return Behaviors.receiveMessage(this::onMessage);
    }

    private Behavior<Command> onMessage(Command message) {
      return switch (message) {
        case Ended ended -> {
          setup.context().getLog().info("{} is gone{}", setup.where(),
              ended.cause().map(cause -> ": " + cause.getMessage()).orElse(""));
          setup.listener().tell(new LifeLines.PeerLost(setup.peer().id()));
          yield new Connecting(setup, 0).enterLater(); // at once could be a loop without a pause
        }
        case Greeted second -> throw new IllegalStateException("a second greeting from " + setup.where());
        case RetryDue late -> throw new IllegalStateException("a retry while the life line stands");
      };
    }
  }

  /** What went wrong in the first place: streams wrap it more than once. */
  static Throwable rootOf(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
