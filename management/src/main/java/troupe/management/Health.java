package troupe.management;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.management.HealthCheckSettings;
import org.apache.pekko.management.javadsl.CheckResult;
import org.apache.pekko.management.javadsl.HealthChecks;
import troupe.actors.Server;

/**
 * {@code /alive} and {@code /ready} in a line of text: 200 and what the server is, or 503 and why not. The checks are
 * Pekko Management's, {@link ServesClients} among them, and others that somebody configures.
 */
final class Health {
  private final HealthChecks checks;
  private final NodeState state;

  Health(ExtendedActorSystem system, NodeState state) {
    this.checks = new HealthChecks(
        system, HealthCheckSettings.create(system.settings().config().getConfig("pekko.management.health-checks")));
    this.state = state;
  }

  CompletionStage<HttpResponse> alive() {
    return checks.aliveResult().handle((result, failure) -> response(why(result, failure), "alive"));
  }

  CompletionStage<HttpResponse> ready() {
    return checks.readyResult().handle((result, failure) -> switch (state.condition().service()) {
      case Server.NotServing not -> response(Optional.of(not.why()), "");
      case Server.Serving serving -> response(why(result, failure), describe(serving));
    });
  }

  private static Optional<String> why(CheckResult result, Throwable failure) {
    if (failure != null) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      return Optional.of(String.valueOf(cause.getMessage()));
    }
    return result.failure();
  }

  private static String describe(Server.Serving serving) {
    Server.Office office = serving.office();
    String at = " of epoch " + office.epoch() + " at " + serving.published().get().lastZxid();
    return switch (office.mode()) {
      case STANDALONE -> "standalone, epoch " + office.epoch() + " at " + serving.published().get().lastZxid();
      case LEADER -> "leader" + at + "; in step: " + office.inStep().get().stream()
          .sorted().map(String::valueOf).collect(Collectors.joining(", "));
      case FOLLOWER -> "follower" + at + "; leader: " + office.leader();
      case OBSERVER -> "observer" + at + "; leader: " + office.leader();
    };
  }

  private static HttpResponse response(Optional<String> why, String otherwise) {
    return HttpResponse.create()
        .withStatus(why.isPresent() ? StatusCodes.SERVICE_UNAVAILABLE : StatusCodes.OK)
        .withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, why.orElse(otherwise) + "\n"));
  }
}
