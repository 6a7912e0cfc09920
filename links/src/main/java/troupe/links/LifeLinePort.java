package troupe.links;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.ensemble.Ensemble;

/** The port where the life lines of other servers arrive. A connection is kept until its other end lets go of it. */
record LifeLinePort(Ensemble ensemble, LinkSettings settings) {
  /** Whoever connects without saying who it is has to go, so that it takes nobody's place for ever. */
  static final Duration GREETING_TIMEOUT = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(LifeLinePort.class);
  private static final int BACKLOG = 128;
  private static final int MAX_CONNECTIONS = 1024; // four times what the largest ensemble needs

  String host() {
    return settings.bindHost().orElse(ensemble.member(ensemble.self()).host());
  }

  int number() {
    return ensemble.member(ensemble.self()).lifeLinePort();
  }

  /** Listens as long as the actor lives. */
  CompletionStage<Tcp.ServerBinding> open(ActorContext<?> context) {
    Materializer materializer = Materializer.createMaterializer(context);
    return Tcp.get(context.getSystem())
        .bind(host(), number(), BACKLOG, List.of(new KeepAlive()), false, Optional.empty())
        .mapAsyncUnordered(MAX_CONNECTIONS, connection -> hold(connection, materializer))
        .to(Sink.ignore())
        .run(materializer);
  }

  /** Completes when the connection has ended. */
  private CompletionStage<Done> hold(Tcp.IncomingConnection connection, Materializer materializer) {
    Flow<ByteString, ByteString, NotUsed> answer = Greeting.reader()
        .takeWhile(greeting -> ensemble.peers().contains(greeting.from())) // who is turned away in good order can tell why
        .map(greeting -> Greeting.of(ensemble).line())
        .initialTimeout(GREETING_TIMEOUT);
    return connection.handleWith(answer.watchTermination(Keep.right()), materializer).exceptionally(failure -> {
      LOG.debug("life line from {} closed: {}", connection.remoteAddress(), failure.getMessage());
      return Done.done();
    });
  }
}
