package troupe.management;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.management.ManagementSettings.Right;

/** What the routes of this port have in common: who may, and how an answer becomes JSON, also where there is none. */
abstract class Answers extends AllDirectives {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  private final Access access;
  private final Executor blocking;

  /** @param blocking off the dispatcher of everybody: much of this waits for a disk, or goes through a large tree */
  Answers(Access access, Executor blocking) {
    this.access = access;
    this.blocking = blocking;
  }

  Access access() {
    return access;
  }

  Executor blocking() {
    return blocking;
  }

  Route guarded(Right right, Function<Access.Granted, Route> inner) {
    return decided(right, (request, decision) -> switch (decision) {
      case Access.Granted granted -> inner.apply(granted);
      case Access.Denied denied -> complete(refusal(denied, request));
    });
  }

  interface Decided {
    Route route(HttpRequest request, Access.Decision decision);
  }

  Route decided(Right right, Decided inner) {
    return extractRequest(request ->
        onSuccess(access.decide(request, right), decision -> inner.route(request, decision)));
  }

  static HttpResponse refusal(Access.Denied denied, HttpRequest request) {
    return denied.with(Json.refusal(denied.status(), denied.why()), request);
  }

  Route completeRefusal(int status, String why) {
    return complete(Json.refusal(status, why));
  }

  Route answer(Supplier<? extends CompletionStage<?>> value) {
    return completeWithFuture(whenDone(ok(value)));
  }

  static Supplier<CompletionStage<HttpResponse>> ok(Supplier<? extends CompletionStage<?>> value) {
    return () -> value.get().thenApply(Json::ok);
  }

  static <T> Supplier<CompletionStage<T>> now(Supplier<T> value) {
    return () -> CompletableFuture.completedFuture(value.get());
  }

  CompletionStage<HttpResponse> whenDone(Supplier<CompletionStage<HttpResponse>> response) {
    return CompletableFuture.supplyAsync(response, blocking).thenCompose(Function.identity())
        .exceptionally(Answers::failed);
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

  static String required(String parameter, Optional<String> value) {
    return value.orElseThrow(() -> new Refusal(400, "the parameter " + parameter + " is missing"));
  }

  static int number(String parameter, Optional<String> value) {
    try {
      return Integer.parseInt(required(parameter, value));
    } catch (NumberFormatException e) {
      throw new Refusal(400, parameter + " is a number, not " + value.orElse(""));
    }
  }
}
