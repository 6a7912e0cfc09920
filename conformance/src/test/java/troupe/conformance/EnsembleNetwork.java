package troupe.conformance;

import java.util.List;

/** Where the servers of an ensemble listen, and what lies between them. */
interface EnsembleNetwork extends AutoCloseable {
  /** Where one server listens. */
  record Site(String host, int clientPort, int peerPort, int electionPort, List<String> within) {
    /** The value of its {@code server.N} line. */
    String line(boolean observer) {
      return host + ":" + peerPort + ":" + electionPort + (observer ? ":observer" : ":participant");
    }
  }

  /** An address of this process that every server reaches. */
  String clientHost();

  /** A place for one more server. */
  Site site(int id);

  @Override
  void close();

  /** This machine's own loopback: no set-up, no rights needed, and nothing that could be cut. */
  static EnsembleNetwork loopback() {
    return new EnsembleNetwork() {
      @Override
      public String clientHost() {
        return NodeSettings.HOST;
      }

      @Override
      public Site site(int id) {
        return new Site(
            NodeSettings.HOST, NodeSettings.freePort(), NodeSettings.freePort(), NodeSettings.freePort(), List.of());
      }

      @Override
      public void close() {}
    };
  }
}
