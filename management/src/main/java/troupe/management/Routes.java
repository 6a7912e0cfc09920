package troupe.management;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.RemoteAddress;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.server.directives.RouteAdapter;
import org.apache.pekko.management.cluster.ClusterHttpManagementRouteProvider;
import org.apache.pekko.management.javadsl.ManagementRouteProvider;
import org.apache.pekko.management.javadsl.ManagementRouteProviderSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.management.ManagementSettings.Right;

/**
 * All routes of the management port, and which right each of them needs. Made by Pekko Management, by its name in the
 * configuration; Pekko's own routes are among them, so that they need the right to read as well.
 */
public final class Routes extends AllDirectives implements ManagementRouteProvider {
  private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

  private final ExtendedActorSystem classic;
  private final Health health;
  private final Access access;
  private final Reading reading;
  private final Acting acting;
  private final CommandRoutes commands;
  private final MetricsRoute metrics;
  private final Route console = new ConsoleRoute().route();
  private final Executor blocking;

  public Routes(ExtendedActorSystem classic) {
    ActorSystem<Void> system = Adapter.toTyped(classic);
    NodeState state = NodeState.of(classic);
    ActorRef<Monitor.Command> monitor =
        system.systemActorOf(Monitor.create(state), "monitor", DispatcherSelector.blocking());
    this.classic = classic;
    this.blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    this.access = new Access(state.settings(), blocking);
    this.health = new Health(classic, state);
    this.reading = new Reading(system, state, monitor);
    this.acting = new Acting(system, state, reading);
    this.metrics = new MetricsRoute(classic);
    this.commands = new CommandRoutes(new Commands(system, state, reading, acting), state, access, blocking);
  }

  @Override
  public Route routes(ManagementRouteProviderSettings settings) {
    return concat(
        path("alive", () -> get(() -> completeWithFuture(health.alive()))),
        path("ready", () -> get(() -> completeWithFuture(health.ready()))),
        pathPrefix("troupe", this::troupe),
        pathPrefix("commands", commands::route),
        guarded(Right.READ, caller -> concat(console, metrics.route(), pekkos(settings))));
  }

  /** {@code /cluster/members} and what is below it; reading only, as the configuration has it. */
  private Route pekkos(ManagementRouteProviderSettings settings) {
    return RouteAdapter.asJava(ClusterHttpManagementRouteProvider.get(classic).routes(
        org.apache.pekko.management.scaladsl.ManagementRouteProviderSettings.apply(
            settings.selfBaseUri().asScala(), settings.readOnly())));
  }

  private Route troupe() {
    return concat(
        path("rights", () -> get(() -> extractRequest(request -> completeWithFuture(rights(request))))),
        path("sign-in", () -> get(() -> extractRequest(request -> completeWithFuture(signIn(request))))),
        get(() -> path("backup", () -> acts("backup", "", this::backup))),
        get(() -> guarded(Right.READ, caller -> see())),
        act());
  }

  // See.

  private Route see() {
    return concat(
        path("ensemble", () -> answer(reading::ensemble)),
        path("node", () -> answer(now(reading::node))),
        path("sessions", () -> paged(page -> answer(() -> reading.sessions(page)))),
        path(PathMatchers.segment("sessions").slash(PathMatchers.segment()), id ->
            answer(() -> reading.session(Json.parseHex("a session", id)))),
        path("watches", () -> paged(page -> answer(() -> reading.watches(page)))),
        path("tree", () -> parameterOptional("path", path -> parameterOptional("as", as -> paged(page ->
            answer(() -> reading.tree(path.orElse("/"), as.orElse("text"), page)))))),
        path("search", () -> parameterOptional("text", text -> paged(page ->
            answer(now(() -> reading.search(required("text", text), page)))))),
        path("log", () -> answer(reading::log)),
        path("snapshots", () -> answer(reading::snapshots)),
        path("slow", () -> answer(now(reading::slow))),
        path("clients", () -> parameterOptional("sort", sort -> paged(page ->
            answer(now(() -> reading.clients(sort.orElse("received"), page)))))),
        path("log-level", () -> answer(now(Acting::logLevels))),
        path("openapi.json", () -> getFromResource("troupe/openapi.json", ContentTypes.APPLICATION_JSON)),
        completeRefusal(404, "there is nothing at this path; /troupe/openapi.json lists what there is"));
  }

  private Route paged(Function<Page, Route> inner) {
    return parameterOptional("after", after -> parameterOptional("limit", limit -> {
      try {
        return inner.apply(new Page(after, limit.isEmpty() ? Page.DEFAULT : number("limit", limit)));
      } catch (Refusal refusal) {
        return completeRefusal(refusal.status(), refusal.getMessage());
      }
    }));
  }

  // Act.

  private Route act() {
    return concat(
        path("snapshots", () -> post(() -> acts("snapshot", "", ok(acting::takeSnapshot)))),
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
            acts("compact", "", accepted(acting::compact)))),
        extractRequest(request -> completeRefusal(404, "there is nothing to " + request.method().value()
            + " at this path; /troupe/openapi.json lists what there is")));
  }

  private static String required(String parameter, Optional<String> value) {
    return value.orElseThrow(() -> new Refusal(400, "the parameter " + parameter + " is missing"));
  }

  private static int number(String parameter, Optional<String> value) {
    try {
      return Integer.parseInt(required(parameter, value));
    } catch (NumberFormatException e) {
      throw new Refusal(400, parameter + " is a number, not " + value.orElse(""));
    }
  }

  private CompletionStage<HttpResponse> backup() {
    return acting.backup().thenApply(file -> HttpResponse.create()
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, file))
        .addHeader(RawHeader.create("Content-Disposition", "attachment; filename=\"" + nameOf(file) + "\"")));
  }

  private static String nameOf(Path file) {
    return "troupe-" + file.getFileName();
  }

  // Who may.

  /** @param user empty: nobody in particular */
  private record RightsView(Optional<String> user, boolean read, boolean act, Optional<String> why) {}

  private CompletionStage<HttpResponse> rights(HttpRequest request) {
    return access.identify(request).thenApply(decision -> {
      Access.Granted who = decision instanceof Access.Granted granted ? granted : new Access.Granted(Optional.empty());
      boolean act = access.has(who, Right.ACT);
      Optional<String> why = act ? Optional.empty()
          : Optional.of(access.canAnybodyAct() ? "sign in with an account that may act" : Access.HOW_TO_ACT);
      return Json.ok(new RightsView(who.user(), access.has(who, Right.READ), act, why));
    });
  }

  /** A browser asks for name and password when this is refused. */
  private CompletionStage<HttpResponse> signIn(HttpRequest request) {
    return access.identify(request).thenApply(decision -> switch (decision) {
      case Access.Granted granted -> Json.ok(Map.of("user", granted.user().orElse("")));
      case Access.Denied denied -> Json.refusal(denied.status(), denied.why());
    });
  }

  private Route guarded(Right right, Function<Access.Granted, Route> inner) {
    return extractRequest(request -> onSuccess(access.decide(request, right), decision -> switch (decision) {
      case Access.Granted granted -> inner.apply(granted);
      case Access.Denied denied -> completeRefusal(denied.status(), denied.why());
    }));
  }

  /** With a line in the audit log, whatever comes of it, and for as long as it takes: a large snapshot does. */
  private Route acts(String operation, String subject, Supplier<CompletionStage<HttpResponse>> act) {
    return withoutRequestTimeout(() -> extractRequest(request -> onSuccess(access.decide(request, Right.ACT), decision -> {
      Optional<InetAddress> from =
          request.getAttribute(AttributeKeys.remoteAddress).flatMap(RemoteAddress::getAddress);
      return switch (decision) {
        case Access.Denied denied -> {
          Audit.line(Optional.empty(), from, operation, subject, denied.why());
          yield completeRefusal(denied.status(), denied.why());
        }
        case Access.Granted granted -> completeWithFuture(whenDone(act).thenApply(response -> {
          String result = response.status().isSuccess() ? "success" : "failure (" + response.status().intValue() + ")";
          Audit.line(granted.user(), from, operation, subject, result);
          return response;
        }));
      };
    })));
  }

  // Answers.

  private Route answer(Supplier<? extends CompletionStage<?>> value) {
    return completeWithFuture(whenDone(ok(value)));
  }

  private Route completeRefusal(int status, String why) {
    return complete(Json.refusal(status, why));
  }

  private static Supplier<CompletionStage<HttpResponse>> ok(Supplier<? extends CompletionStage<?>> value) {
    return () -> value.get().thenApply(Json::ok);
  }

  private static Supplier<CompletionStage<HttpResponse>> accepted(Runnable action) {
    return () -> {
      action.run();
      return CompletableFuture.completedFuture(Json.answer(202, Map.of()));
    };
  }

  private static <T> Supplier<CompletionStage<T>> now(Supplier<T> value) {
    return () -> CompletableFuture.completedFuture(value.get());
  }

  /** Off the dispatcher of everybody: much of this waits for a disk, or goes through a large tree. */
  private CompletionStage<HttpResponse> whenDone(Supplier<CompletionStage<HttpResponse>> response) {
    return CompletableFuture.supplyAsync(response, blocking).thenCompose(Function.identity())
        .exceptionally(Routes::failed);
  }

  private static HttpResponse failed(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    return switch (cause) {
      case Refusal refusal -> Json.refusal(refusal.status(), refusal.getMessage());
      case TimeoutException late -> Json.refusal(503, "this server did not answer in time; it may be about to change its"
          + " role: try again");
      case Throwable bug -> {
        LOG.error("a management request failed because of an error of ours", bug);
        yield Json.refusal(500, "an error of ours, see this server's log: " + bug);
      }
    };
  }
}
