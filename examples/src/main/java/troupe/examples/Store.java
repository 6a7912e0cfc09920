package troupe.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Something that is not to be written by two at a time, and that knows nothing of Troupe: {@code PUT} sets its text, with
 * the writer's fence in a header. It remembers the largest fence that it has seen and refuses any smaller one, which is all
 * that a store has to do for a lock to be safe.
 */
final class Store implements AutoCloseable {
  static final String FENCE = "Fence";
  static final int ACCEPTED = 204;
  static final int REFUSED = 412; // precondition failed

  private final HttpServer server;
  private final List<String> accepted = new ArrayList<>();
  private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
  private long largest;

  private Store(HttpServer server) {
    this.server = server;
  }

  static Store open(String host) throws IOException {
    Store store = new Store(HttpServer.create(new InetSocketAddress(host, 0), 0));
    store.server.createContext("/", store::answer);
    store.server.start();
    return store;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    long fence = Long.parseUnsignedLong(exchange.getRequestHeaders().getFirst(FENCE));
    boolean isAccepted = write(fence, text);
    exchange.sendResponseHeaders(isAccepted ? ACCEPTED : REFUSED, -1);
    exchange.close();
  }

  private synchronized boolean write(long fence, String text) {
    if (Long.compareUnsigned(fence, largest) < 0) {
      Examples.say("store", "refuses \"" + text + "\": its fence " + hex(fence) + " is older than " + hex(largest));
      return false;
    }
    largest = fence;
    accepted.add(text);
    Examples.say("store", "takes \"" + text + "\" with fence " + hex(fence));
    news.add(text);
    return true;
  }

  /** As zxids are written everywhere. */
  private static String hex(long fence) {
    return "0x" + Long.toHexString(fence);
  }

  /** What was written, one at a time. */
  BlockingQueue<String> news() {
    return news;
  }

  /** All that was written. */
  synchronized List<String> accepted() {
    return List.copyOf(accepted);
  }

  URI address() {
    InetSocketAddress address = server.getAddress();
    return URI.create("http://" + address.getHostString() + ":" + address.getPort() + "/");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
