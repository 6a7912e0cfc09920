package troupe.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;

/** Whether this server can listen where the others will look for it; else it would run, and nobody would find it. */
final class OwnAddress {
  private OwnAddress() {}

  /**
   * @param bindHost where to listen, if not at the host in the server's own entry
   * @throws Refused saying what to change
   */
  static void check(Ensemble ensemble, Optional<String> bindHost) {
    Member own = ensemble.member(ensemble.self());
    String entry = "troupe.ensemble.servers: server " + own.id() + " is this server, and ";
    if (new InetSocketAddress(own.host(), 0).getAddress() instanceof InetAddress ip && ip.isAnyLocalAddress()) {
      throw new Refused(entry + "its host " + own.host() + " is no address that others can reach: write the one they "
          + "use, and to listen everywhere set troupe.cluster.bind-host (quorumListenOnAllIPs in a zoo.cfg)");
    }
    String host = bindHost.orElse(own.host());
    for (int port : new int[] {own.port(), own.lifeLinePort()}) {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new Refused(entry + "the name " + host + " is not known on this machine: correct it, or say where to "
            + "listen with troupe.cluster.bind-host (quorumListenOnAllIPs in a zoo.cfg)");
      }
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(address);
      } catch (IOException e) {
        throw new Refused(entry + "cannot listen on " + host + ":" + port + ": " + e.getMessage()
            + ". Is that address on this machine, this server's id " + own.id() + ", and the port free?");
      }
    }
  }
}
