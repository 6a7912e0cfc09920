package troupe.benchmark;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import troupe.gateway.TransportServer;
import troupe.gateway.TransportServer.Way;

/**
 * {@code benchmark/measure transport}: what a request costs a server's processor by the way it takes there, everything
 * else left out. Each way gets a process of its own in each round; the client is this process.
 */
public final class Transport {
  private static final Duration WARM_UP = Duration.ofSeconds(4);
  private static final Duration MEASURED = Duration.ofSeconds(4);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int ROUNDS = 5;

  /** How busy the server is kept. */
  private enum Load {
    PIPELINED(16, 64),
    ONE_AT_A_TIME(1, 1);

    private final int connections;
    private final int window;

    Load(int connections, int window) {
      this.connections = connections;
      this.window = window;
    }
  }

  /**
   * @param micros of the server's processor, user and system, for each request
   * @param perSecond requests answered
   */
  private record Cost(double micros, double perSecond) {}

  private Transport() {}

  /** @param arguments the servers' JVM options in one word, then, if not five, how many rounds */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> options = List.of(arguments[0].split(" "));
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : ROUNDS;
    Map<Load, Map<Way, List<Cost>>> costs = new EnumMap<>(Load.class);
    for (int round = 1; round <= rounds; round++) {
      List<Way> ways = Arrays.asList(Way.values());
      for (Way way : round % 2 == 1 ? ways : ways.reversed()) {
        for (Load load : Load.values()) {
          Cost cost = measure(options, way, load);
          System.out.printf(Locale.ROOT, "round %d  %-13s  %-21s  %6.2f us CPU, %,8.0f requests/s%n",
              round, load, way, cost.micros(), cost.perSecond());
          costs.computeIfAbsent(load, each -> new EnumMap<>(Way.class))
              .computeIfAbsent(way, each -> new ArrayList<>()).add(cost);
        }
      }
    }
    costs.forEach(Transport::report);
  }

  private static void report(Load load, Map<Way, List<Cost>> costs) {
    System.out.printf(Locale.ROOT, "%n%s: median (smallest .. largest)%n", load);
    costs.forEach((way, ofWay) -> {
      Spread micros = Spread.of(ofWay.stream().map(Cost::micros).toList());
      Spread perSecond = Spread.of(ofWay.stream().map(Cost::perSecond).toList());
      List<Double> ratios = new ArrayList<>();
      for (int round = 0; round < ofWay.size(); round++) {
        ratios.add(ofWay.get(round).micros() / costs.get(Way.EPOLL).get(round).micros());
      }
      Spread ratio = Spread.of(ratios);
      System.out.printf(Locale.ROOT,
          "%-21s  %6.2f us CPU (%.2f .. %.2f), %.2f of EPOLL (%.2f .. %.2f), %,.0f requests/s%n", way,
          micros.median(), micros.min(), micros.max(), ratio.median(), ratio.min(), ratio.max(), perSecond.median());
    });
  }

  private static Cost measure(List<String> options, Way way, Load load) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), TransportServer.class.getName(), way.name()));
    Process server = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      int port = port(server.inputReader(StandardCharsets.UTF_8));
      List<Client> clients = new ArrayList<>();
      try {
        for (int i = 0; i < load.connections; i++) {
          clients.add(new Client(port, load.window));
        }
        clients.forEach(Thread::start);
        Thread.sleep(WARM_UP);
        return measure(server, clients);
      } finally {
        for (Client client : clients) {
          client.stopAsking();
        }
      }
    } finally {
      server.destroyForcibly().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static Cost measure(Process server, List<Client> clients) throws InterruptedException {
    Duration cpuBefore = cpu(server);
    long answeredBefore = answered(clients);
    long started = System.nanoTime();
    Thread.sleep(MEASURED);
    double seconds = (System.nanoTime() - started) / 1e9;
    long answered = answered(clients) - answeredBefore;
    double micros = cpu(server).minus(cpuBefore).toNanos() / 1e3;
    if (answered == 0) {
      throw new IllegalStateException("nothing was answered");
    }
    return new Cost(micros / answered, answered / seconds);
  }

  private static int port(BufferedReader output) throws IOException {
    String line = output.readLine();
    while (line != null && !line.matches("\\d+")) {
      line = output.readLine(); // something that a library had to say
    }
    if (line == null) {
      throw new EOFException("the server ended before it served");
    }
    return Integer.parseInt(line);
  }

  private static Duration cpu(Process server) {
    return server.info().totalCpuDuration().orElseThrow(() -> new IllegalStateException("the server has died"));
  }

  private static long answered(List<Client> clients) {
    return clients.stream().mapToLong(client -> client.answered).sum();
  }

  /** Keeps its window full: so many answers, so many new requests, in one write. */
  private static final class Client extends Thread {
    private final SocketChannel socket;
    private final int window;
    private final ByteBuffer requests;
    private volatile long answered;
    private volatile boolean stopped;

    Client(int port, int window) throws IOException {
      setDaemon(true);
      this.window = window;
      socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      requests = ByteBuffer.allocateDirect(window * TransportServer.REQUEST);
      while (requests.hasRemaining()) {
        ByteBuffer request = requests.slice(requests.position(), TransportServer.REQUEST);
        request.putInt(TransportServer.REQUEST - Integer.BYTES).putInt(1);
        requests.position(requests.position() + TransportServer.REQUEST);
      }
    }

    @Override
    public void run() {
      ByteBuffer replies = ByteBuffer.allocateDirect(window * TransportServer.REPLY);
      try {
        ask(window);
        while (socket.read(replies) >= 0) {
          int whole = replies.position() / TransportServer.REPLY;
          replies.flip().position(whole * TransportServer.REPLY);
          replies.compact();
          answered += whole;
          ask(whole);
        }
      } catch (IOException e) {
        if (!stopped) {
          throw new UncheckedIOException(e);
        }
      }
    }

    private void ask(int count) throws IOException {
      requests.limit(count * TransportServer.REQUEST).position(0);
      while (requests.hasRemaining()) {
        socket.write(requests);
      }
    }

    void stopAsking() throws IOException {
      stopped = true;
      socket.close();
    }
  }
}
