package troupe.management;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.RequestEntity;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.StreamConverters;
import troupe.management.ManagementSettings.Right;

/** What acts, below {@code /troupe}: each needs the right to, and leaves a line in the audit log. */
final class ActRoutes extends Answers {
  /** Without a byte of the file that is being sent. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ActorSystem<?> system;
  private final Acting acting;
  private final Restoring restoring;

  ActRoutes(Access access, Executor blocking, ActorSystem<?> system, Acting acting, Restoring restoring) {
    super(access, blocking);
    this.system = system;
    this.acting = acting;
    this.restoring = restoring;
  }

  /** To be asked before the routes that read: one of these answers a GET. */
  Route backup() {
    return get(() -> path("backup", () -> acts("backup", "", this::takeBackup)));
  }

  Route route() {
    return concat(
        path("snapshots", () -> post(() -> acts("snapshot", "", ok(acting::takeSnapshot)))),
        path("restore", () -> post(() -> withoutSizeLimit(() -> extractRequestEntity(entity ->
            acts("restore", "", () -> restore(entity)))))),
        path(PathMatchers.segment("leadership").slash("hand-over"), () -> post(() ->
            acts("hand-over", "", accepted(acting::handOver)))),
        path(PathMatchers.segment("sessions").slash(PathMatchers.segment()), id -> delete(() ->
            acts("expire", id, () -> acting.expire(Json.parseHex("a session", id))
                .thenApply(done -> Json.answer(202, Map.of()))))),
        path(PathMatchers.segment("clients").slash("shed"), () -> post(() -> parameterOptional("percent", percent ->
            acts("shed", percent.orElse("?") + " percent", ok(now(() -> acting.shed(number("percent", percent)))))))),
        path("log-level", () -> put(() -> parameterOptional("logger", logger -> parameterOptional("level", level ->
            acts("log-level", logger.orElse("?") + " " + level.orElse("?"), ok(now(() ->
                acting.setLogLevel(required("logger", logger), required("level", level))))))))),
        path(PathMatchers.segment("log").slash("compact"), () -> post(() ->
            acts("compact", "", accepted(acting::compact)))));
  }

  private CompletionStage<HttpResponse> takeBackup() {
    return acting.backup().thenApply(file -> HttpResponse.create()
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, file))
        .addHeader(RawHeader.create("Content-Disposition", "attachment; filename=\"" + nameOf(file) + "\"")));
  }

  private static String nameOf(Path file) {
    return "troupe-" + file.getFileName();
  }

  /** Nothing of the file is asked for before it is known that this is the server for it. */
  private CompletionStage<HttpResponse> restore(RequestEntity entity) {
    restoring.check();
    try (InputStream file = entity.getDataBytes().runWith(StreamConverters.asInputStream(PATIENCE), system)) {
      return CompletableFuture.completedFuture(Json.answer(202, restoring.restore(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With a line in the audit log, whatever comes of it, and for as long as it takes: a large snapshot does. */
  private Route acts(String operation, String subject, Supplier<CompletionStage<HttpResponse>> act) {
    return withoutRequestTimeout(() -> decided(Right.ACT, (request, decision) -> switch (decision) {
      case Access.Denied denied -> {
        Audit.line(Optional.empty(), Access.address(request), operation, subject, denied.why());
        yield complete(refusal(denied, request));
      }
      case Access.Granted granted -> completeWithFuture(whenDone(act).thenApply(response -> {
        String result = response.status().isSuccess() ? "success" : "failure (" + response.status().intValue() + ")";
        Audit.line(granted.user(), Access.address(request), operation, subject, result);
        return response;
      }));
    }));
  }

  private static Supplier<CompletionStage<HttpResponse>> accepted(Runnable action) {
    return () -> {
      action.run();
      return CompletableFuture.completedFuture(Json.answer(202, Map.of()));
    };
  }
}
