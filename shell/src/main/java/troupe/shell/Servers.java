package troupe.shell;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.HostProvider;

/**
 * Where the client tries to connect: every address of every server, the servers in random order. Unlike the client's own
 * provider it tells when all were tried in vain, which is the one sign of that which the client gives. It is asked by one
 * thread of the client, and looks names up and pauses there; what others ask it needs no lock, so that nobody waits for it.
 */
final class Servers implements HostProvider {
  private final List<InetSocketAddress> names;
  private final Runnable inVain;
  private final Deque<InetSocketAddress> untried = new ArrayDeque<>();
  private boolean trying;
  private volatile List<String> unknown = List.of();
  private volatile InetSocketAddress current;

  /**
   * @param connectString such as {@code zoo1:2181,zoo2:2181/root}
   * @param inVain told, on the client's thread, each time when all were tried and none has answered
   * @throws WrongInput if it is no connect string
   */
  Servers(String connectString, Runnable inVain) {
    this.inVain = inVain;
    try {
      names = new ArrayList<>(new ConnectStringParser(connectString).getServerAddresses());
    } catch (IllegalArgumentException e) {
      throw new WrongInput(connectString + ": HOST:PORT[,HOST:PORT...][/PATH] is needed; " + e.getMessage());
    }
    if (names.isEmpty() || names.stream().anyMatch(name -> name.getHostString().isBlank())) {
      throw new WrongInput('"' + connectString + "\": HOST:PORT[,HOST:PORT...][/PATH] is needed");
    }
    Collections.shuffle(names);
  }

  @Override
  public int size() {
    return names.size();
  }

  @Override
  public InetSocketAddress next(long spinDelay) {
    if (untried.isEmpty()) {
      if (trying) {
        inVain.run();
        pause(spinDelay);
      }
      trying = true;
      resolve();
    }
    current = untried.remove();
    return current;
  }

  private void resolve() {
    List<String> unresolved = new ArrayList<>();
    for (InetSocketAddress name : names) {
      try {
        // In the order of the system, which knows best whether IPv4 or IPv6 comes first here.
        for (InetAddress address : InetAddress.getAllByName(name.getHostString())) {
          untried.add(new InetSocketAddress(address, name.getPort()));
        }
      } catch (UnknownHostException e) {
        unresolved.add(name.getHostString());
        untried.add(name);
      }
    }
    unknown = List.copyOf(unresolved);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onConnected() {
    trying = false;
  }

  @Override
  public boolean updateServerList(Collection<InetSocketAddress> servers, InetSocketAddress currentHost) {
    return false; // the shell connects anew instead
  }

  /** The one that was tried last: while there is a connection, the one that it leads to. */
  String current() {
    InetSocketAddress last = current;
    return last == null ? all() : last.getHostString() + ":" + last.getPort();
  }

  String all() {
    return names.stream()
        .map(name -> name.getHostString() + ":" + name.getPort())
        .collect(Collectors.joining(","));
  }

  /** Why none of them could be reached, as far as it is known. */
  String whyNone() {
    List<String> unresolved = unknown;
    if (unresolved.size() == names.size()) {
      return "nobody knows the name " + String.join(", ", unresolved);
    }
    return "no server answers at " + all()
        + (unresolved.isEmpty() ? "" : "; unknown names: " + String.join(", ", unresolved));
  }
}
