package troupe.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network between a client and its server that can be cut: connections break, and new ones fail until it mends. */
final class Relay implements AutoCloseable {
  private final int serverPort;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  private Relay(int serverPort, ServerSocket listener) {
    this.serverPort = serverPort;
    this.listener = listener;
  }

  static Relay to(NodeProcess server) {
    try {
      var relay = new Relay(
          server.settings().clientPort(), new ServerSocket(0, 50, InetAddress.getByName(NodeSettings.HOST)));
      Thread.ofVirtual().name("relay").start(relay::accept);
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String connectString() {
    return NodeSettings.HOST + ":" + listener.getLocalPort();
  }

  void cut() {
    cut = true;
    sockets.forEach(Relay::close);
  }

  /** Breaks nothing, but lets no new connection through. */
  void refuseNew() {
    cut = true;
  }

  void mend() {
    cut = false;
  }

  private void accept() {
    try {
      while (true) {
        connect(listener.accept());
      }
    } catch (IOException closed) {
      sockets.forEach(Relay::close);
    }
  }

  private void connect(Socket client) throws IOException {
    sockets.add(client);
    if (cut) { // asked after the socket can be found by cut(): one of the two closes it
      close(client);
      return;
    }
    try {
      var server = new Socket(NodeSettings.HOST, serverPort);
      sockets.add(server);
      pump(client, server);
      pump(server, client);
      if (cut) {
        close(server);
      }
    } catch (IOException noServer) {
      close(client);
    }
  }

  private void pump(Socket from, Socket to) {
    Thread.ofVirtual().start(() -> {
      try (from; to) {
        from.getInputStream().transferTo(to.getOutputStream());
      } catch (IOException broken) {
        // both ends are closed, which is all that there is to do
      } finally {
        sockets.remove(from);
      }
    });
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
