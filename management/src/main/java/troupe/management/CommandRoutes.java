package troupe.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.management.ManagementSettings.Right;

/**
 * {@code /commands}, as ZooKeeper's AdminServer has it: a list in HTML, and below it each command of {@link Commands}
 * in JSON, with its name in {@code command}, and in {@code error} null or what is wrong. As there, an unknown command
 * and a server that does not serve are told with status 200. Source: ZooKeeper's JettyAdminServer and JsonOutputter.
 */
final class CommandRoutes extends AllDirectives {
  private static final Logger LOG = LoggerFactory.getLogger(CommandRoutes.class);

  /** Indented as there: scripts look for {@code "is_leader" : true}. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Commands commands;
  private final NodeState state;
  private final Access access;
  private final Executor blocking;

  /** @param blocking where answers may wait for a disk */
  CommandRoutes(Commands commands, NodeState state, Access access, Executor blocking) {
    this.commands = commands;
    this.state = state;
    this.access = access;
    this.blocking = blocking;
  }

  /** Below {@code /commands}. */
  Route route() {
    return concat(
        pathEndOrSingleSlash(() -> get(() -> reads("", request -> list()))),
        path(PathMatchers.segment(), name -> parameterMap(parameters ->
            concat(get(() -> run(name, parameters)), post(() -> run(name, parameters))))));
  }

  private Route list() {
    String links = commands.names().stream()
        .map(name -> "<a href=\"/commands/" + name + "\">" + name + "</a>\n<br/>\n")
        .collect(Collectors.joining());
    return complete(HttpResponse.create().withEntity(HttpEntities.create(ContentTypes.TEXT_HTML_UTF8, links)));
  }

  private Route run(String name, Map<String, String> parameters) {
    Optional<Commands.Command> known = commands.named(name);
    if (known.isEmpty()) {
      return reads(name, request -> complete(error(name, 200, "Unknown command: " + name)));
    }
    Commands.Command command = known.get();
    return switch (command.right()) {
      case READ -> reads(command.name(), request -> completeWithFuture(answer(command, request, parameters)));
      case ACT -> extractRequest(request -> acts(command, request, parameters));
    };
  }

  private Route reads(String name, Function<HttpRequest, Route> inner) {
    return extractRequest(request -> onSuccess(access.decide(request, Right.READ), decision -> switch (decision) {
      case Access.Granted granted -> inner.apply(request);
      case Access.Denied denied -> complete(denied(name, denied, request));
    }));
  }

  /** With a line in the audit log, whatever comes of it. */
  private Route acts(Commands.Command command, HttpRequest request, Map<String, String> parameters) {
    Optional<InetAddress> from = Access.address(request);
    return onSuccess(access.decide(request, Right.ACT), decision -> switch (decision) {
      case Access.Denied denied -> {
        Audit.line(Optional.empty(), from, command.name(), "", denied.why());
        yield complete(denied(command.name(), denied, request));
      }
      case Access.Granted granted -> completeWithFuture(answer(command, request, parameters).thenApply(response -> {
        String result = response.status().isSuccess() ? "success" : "failure (" + response.status().intValue() + ")";
        Audit.line(granted.user(), from, command.name(), "", result);
        return response;
      }));
    });
  }

  private CompletionStage<HttpResponse> answer(
      Commands.Command command, HttpRequest request, Map<String, String> parameters) {
    boolean posted = request.method().equals(HttpMethods.POST);
    if (posted && !command.name().equals("restore")) {
      return CompletableFuture.completedFuture(
          error(command.name(), 405, command.name() + " is asked for with GET, not with POST"));
    }
    if (!command.anyTime() && commands.serving().isEmpty()) {
      return CompletableFuture.completedFuture(error(command.name(), 200, Commands.NOT_SERVING));
    }
    return CompletableFuture.supplyAsync(() -> command.answer().apply(parameters), blocking)
        .thenCompose(Function.identity())
        .thenApply(answer -> response(command.name(), answer))
        .exceptionally(failure -> failed(command.name(), failure));
  }

  private HttpResponse response(String name, Commands.Answer answer) {
    return switch (answer) {
      case Commands.Told told -> with(told.headers(), json(name, 200, told.values(), null));
      case Commands.Sent sent -> with(sent.headers(), HttpResponse.create().withEntity(HttpEntities.create(
          ContentTypes.APPLICATION_OCTET_STREAM, state.node().snapshots().resolve(sent.snapshot().file()))));
    };
  }

  private static HttpResponse with(Map<String, String> headers, HttpResponse response) {
    return response.addHeaders(headers.entrySet().stream()
        .<org.apache.pekko.http.javadsl.model.HttpHeader>map(header ->
            RawHeader.create(header.getKey(), header.getValue()))
        .toList());
  }

  private static HttpResponse failed(String name, Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    return switch (cause) {
      case Refusal refusal -> error(name, refusal.status(), refusal.getMessage());
      case TimeoutException late -> error(name, 503, "this server did not answer in time; it may be about to change its"
          + " role: try again");
      case Throwable bug -> {
        LOG.error("the command {} failed because of an error of ours", name, bug);
        yield error(name, 500, "an error of ours, see this server's log: " + bug);
      }
    };
  }

  private static HttpResponse denied(String name, Access.Denied denied, HttpRequest request) {
    return denied.with(error(name, denied.status(), denied.why()), request);
  }

  private static HttpResponse error(String name, int status, String why) {
    return json(name, status, Map.of(), why);
  }

  private static HttpResponse json(String name, int status, Map<String, Object> values, String error) {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.put("command", name);
    all.put("error", error);
    try {
      return HttpResponse.create()
          .withStatus(StatusCodes.get(status))
          .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, MAPPER.writeValueAsBytes(all)))
          .addHeader(RawHeader.create("Cache-Control", "no-store"));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer that is no JSON: " + e.getMessage(), e);
    }
  }
}
