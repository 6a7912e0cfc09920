package troupe.management;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.server.directives.RouteAdapter;
import org.apache.pekko.management.cluster.ClusterHttpManagementRouteProvider;
import org.apache.pekko.management.javadsl.ManagementRouteProvider;
import org.apache.pekko.management.javadsl.ManagementRouteProviderSettings;
import troupe.management.ManagementSettings.Right;

/**
 * All routes of the management port, and which right each of them needs. Made by Pekko Management, by its name in the
 * configuration; Pekko's own routes are among them, so that they need the right to read as well. Those that act are in
 * {@link ActRoutes}.
 */
public final class Routes extends Answers implements ManagementRouteProvider {
  private final ExtendedActorSystem classic;
  private final Health health;
  private final Reading reading;
  private final ActRoutes acts;
  private final CommandRoutes commands;
  private final MetricsRoute metrics;
  private final Route console = new ConsoleRoute().route();

  public Routes(ExtendedActorSystem classic) {
    super(new Access(NodeState.of(classic).settings(), blocking(classic)), blocking(classic));
    ActorSystem<Void> system = Adapter.toTyped(classic);
    NodeState state = NodeState.of(classic);
    ActorRef<Monitor.Command> monitor =
        system.systemActorOf(Monitor.create(state), "monitor", DispatcherSelector.blocking());
    this.classic = classic;
    this.health = new Health(classic, state);
    this.reading = new Reading(system, state, monitor);
    Acting acting = new Acting(system, state, reading);
    Restoring restoring = new Restoring(state, InstantSource.system());
    this.acts = new ActRoutes(access(), blocking(), system, acting, restoring);
    this.metrics = new MetricsRoute(classic);
    this.commands = new CommandRoutes(new Commands(system, state, reading, acting), state, access(), blocking());
  }

  private static Executor blocking(ExtendedActorSystem classic) {
    return Adapter.toTyped(classic).dispatchers().lookup(DispatcherSelector.blocking());
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
        acts.backup(),
        get(() -> guarded(Right.READ, caller -> see())),
        acts.route(),
        extractRequest(request -> completeRefusal(404, "there is nothing to " + request.method().value()
            + " at this path; /troupe/openapi.json lists what there is")));
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

  // Who may.

  /** @param user empty: nobody in particular */
  private record RightsView(Optional<String> user, boolean read, boolean act, Optional<String> why) {}

  private CompletionStage<HttpResponse> rights(HttpRequest request) {
    return access().identify(request).thenApply(decision -> {
      Access.Granted who = decision instanceof Access.Granted granted ? granted : new Access.Granted(Optional.empty());
      boolean act = access().has(who, Right.ACT);
      Optional<String> why = act ? Optional.empty()
          : Optional.of(access().canAnybodyAct() ? "sign in with an account that may act" : Access.HOW_TO_ACT);
      return Json.ok(new RightsView(who.user(), access().has(who, Right.READ), act, why));
    });
  }

  /** A browser asks for name and password when this is refused. */
  private CompletionStage<HttpResponse> signIn(HttpRequest request) {
    return access().identify(request).thenApply(decision -> switch (decision) {
      case Access.Granted granted -> Json.ok(Map.of("user", granted.user().orElse("")));
      case Access.Denied denied -> refusal(denied, request);
    });
  }
}
