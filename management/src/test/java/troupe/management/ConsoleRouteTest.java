package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleRouteTest {
  private static final long PATIENCE = 20; // seconds

  /** What one part of the console asks for: in the page, in a style sheet, in a module. */
  private static final Pattern REFERENCE =
      Pattern.compile("(?:src|href)=\"(console/[^\"#]+)\"|from '\\./([^']+)'|url\\(([^)]+)\\)");

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(PATIENCE)).build();

  private static ActorTestKit kit;
  private static ServerBinding binding;

  @BeforeAll
  static void listen() throws Exception {
    kit = ActorTestKit.create(ConfigFactory.parseMap(Map.of(
        "pekko.actor.provider", "local")).withFallback(ConfigFactory.load()));
    binding = Http.get(kit.system()).newServerAt("127.0.0.1", 0).bind(new ConsoleRoute().route())
        .toCompletableFuture().get(PATIENCE, TimeUnit.SECONDS);
  }

  @AfterAll
  static void end() {
    HTTP.close();
    kit.shutdownTestKit();
  }

  private static HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + binding.localAddress().getPort() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("none");
  }

  /** The page and every part that it or another part asks for, by path. */
  private static Map<String, HttpResponse<String>> everything() throws IOException, InterruptedException {
    var all = new TreeMap<String, HttpResponse<String>>();
    var wanted = new ArrayDeque<>(Set.of("/"));
    while (!wanted.isEmpty()) {
      String path = wanted.pop();
      HttpResponse<String> answer = get(path);
      assertEquals(200, answer.statusCode(), path);
      all.put(path, answer);
      REFERENCE.matcher(answer.body()).results()
          .map(found -> found.group(1) != null ? "/" + found.group(1)
              : "/console/" + (found.group(2) != null ? found.group(2) : found.group(3)))
          .filter(other -> !all.containsKey(other) && !wanted.contains(other))
          .forEach(wanted::add);
    }
    return all;
  }

  @Test
  void whateverThePageAsksForIsThereAndIsWhatItSaysItIs() throws Exception {
    Map<String, String> types = everything().entrySet().stream().collect(Collectors.toMap(
        Map.Entry::getKey, part -> header(part.getValue(), "Content-Type")));
    assertEquals("text/html; charset=UTF-8", types.get("/"));
    assertEquals("text/css; charset=UTF-8", types.get("/console/console.css"));
    assertEquals("image/svg+xml", types.get("/console/icon.svg"));
    var modules = new TreeSet<>(types.keySet());
    modules.removeIf(path -> !path.endsWith(".js"));
    assertTrue(modules.contains("/console/tree.js"), modules.toString());
    modules.forEach(path -> assertEquals("application/javascript; charset=UTF-8", types.get(path), path));
  }

  @Test
  void theIconIsThereAlsoWhereBrowsersLookForItByThemselves() throws Exception {
    assertEquals(get("/console/icon.svg").body(), get("/favicon.ico").body());
  }

  @Test
  void eachPartComesWithWhatKeepsABrowserFromDoingMore() throws Exception {
    everything().forEach((path, answer) -> {
      assertTrue(header(answer, "Content-Security-Policy").startsWith("default-src 'self';"), path);
      assertEquals("nosniff", header(answer, "X-Content-Type-Options"), path);
      assertEquals("no-referrer", header(answer, "Referrer-Policy"), path);
      assertEquals("DENY", header(answer, "X-Frame-Options"), path);
      assertEquals("no-cache", header(answer, "Cache-Control"), path);
    });
  }

  @Test
  void nothingIsFetchedFromElsewhere() throws Exception {
    everything().forEach((path, answer) -> assertFalse(
        answer.body().replace("http://www.w3.org/2000/svg", "").matches("(?s).*(https?:)?//[a-z0-9.-]+\\.[a-z]{2,}.*"),
        path));
  }

  @Test
  void dataIsNeverMarkupAndThePageHoldsNoScriptOrStyleOfItsOwn() throws Exception {
    everything().forEach((path, answer) -> {
      assertFalse(answer.body().matches("(?s).*(innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\().*"), path);
      if (path.equals("/")) {
        assertFalse(answer.body().matches("(?s).*(<script>|<style|\\sstyle=|\\son[a-z]+=).*"), path);
      }
    });
  }

  @Test
  void whatABrowserHasIsNotSentAgain() throws Exception {
    HttpResponse<String> first = get("/console/main.js");
    HttpResponse<String> again = get("/console/main.js", "If-None-Match", header(first, "ETag"));
    assertEquals(304, again.statusCode());
    assertEquals("", again.body());
    assertEquals(200, get("/console/main.js", "If-None-Match", "\"another\"").statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "/console/", "/console/none.js", "/console/..%2fManagement.class", "/console/../reference.conf", "/console/main.jsx",
    "/main.js", "/console/a/main.js"})
  void whatIsNoPartOfItIsNotFound(String path) throws Exception {
    assertEquals(404, get(path).statusCode());
  }
}
