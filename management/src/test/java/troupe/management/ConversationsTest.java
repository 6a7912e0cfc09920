package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class ConversationsTest {
  private static final String HOST = "127.0.0.1";
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @AfterAll
  static void stop() {
    CLIENT.close();
    KIT.shutdownTestKit();
  }

  @RepeatedTest(20)
  void anAnswerThatIsOnItsWayWhenTheEndComesArrives() throws Exception {
    AtomicReference<Conversations> conversations = new AtomicReference<>();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    conversations.set(new Conversations(request -> CompletableFuture.supplyAsync(() -> {
      CompletableFuture.runAsync(() -> conversations.get().end().thenRun(() -> ended.complete(null)));
      return HttpResponse.create().withEntity("restarting");
    })));
    ServerBinding bound = bind(conversations.get());
    assertEquals("restarting", get(bound).get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    bound.unbind();
  }

  @Test
  void theEndWaitsForWhatWasAskedAndClosesTheRest() throws Exception {
    CompletableFuture<HttpRequest> asked = new CompletableFuture<>();
    CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    Conversations conversations = new Conversations(request -> {
      if (request.getUri().path().equals("/slow")) {
        asked.complete(request);
        return answer;
      }
      return CompletableFuture.completedFuture(HttpResponse.create().withEntity("at once"));
    });
    ServerBinding bound = bind(conversations);
    assertEquals("at once", get(bound).get(PATIENCE.toSeconds(), TimeUnit.SECONDS)); // and stays connected
    CompletableFuture<String> slow = get(bound, "/slow");
    asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    bound.unbind().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    CompletableFuture<Void> ended = conversations.end().toCompletableFuture();
    assertTrue(!slow.isDone() && !ended.isDone());
    answer.complete(HttpResponse.create().withEntity("at last"));
    assertEquals("at last", slow.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void nothingIsDoneForARequestThatComesTooLate() throws Exception {
    CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    BlockingQueue<HttpRequest> asked = new LinkedBlockingQueue<>();
    Conversations conversations = new Conversations(request -> {
      asked.add(request);
      return answer;
    });
    var ends = Source.<HttpRequest>queue(2).viaMat(Flow.fromGraph(conversations), Keep.left())
        .toMat(Sink.seq(), Keep.both()).run(KIT.system());
    ends.first().offer(HttpRequest.GET("/in-time"));
    assertNotNull(asked.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    CompletableFuture<Void> ended = conversations.end().toCompletableFuture();
    answer.complete(HttpResponse.create());
    assertEquals(1, ends.second().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS).size());
    ends.first().offer(HttpRequest.GET("/late"));
    ends.first().complete();
    ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertTrue(asked.isEmpty());
  }

  @Test
  void aHandlerThatFailsIsAnErrorOfTheServer() throws Exception {
    Function<HttpRequest, CompletionStage<HttpResponse>> failing =
        request -> CompletableFuture.failedFuture(new IllegalStateException("no route"));
    ServerBinding bound = bind(new Conversations(failing));
    int status = CLIENT.sendAsync(request(bound, "/"), java.net.http.HttpResponse.BodyHandlers.discarding())
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode();
    assertEquals(500, status);
    bound.unbind();
  }

  private static ServerBinding bind(Conversations conversations) throws Exception {
    return Http.get(KIT.system()).newServerAt(HOST, 0).bindFlow(Flow.fromGraph(conversations))
        .toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static CompletableFuture<String> get(ServerBinding bound) {
    return get(bound, "/");
  }

  private static CompletableFuture<String> get(ServerBinding bound, String path) {
    return CLIENT.sendAsync(request(bound, path), java.net.http.HttpResponse.BodyHandlers.ofString())
        .thenApply(java.net.http.HttpResponse::body);
  }

  private static java.net.http.HttpRequest request(ServerBinding bound, String path) {
    return java.net.http.HttpRequest.newBuilder(
        URI.create("http://" + HOST + ":" + bound.localAddress().getPort() + path)).build();
  }
}
