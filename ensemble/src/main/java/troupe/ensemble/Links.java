package troupe.ensemble;

/**
 * The way to the other servers. A message may be lost, and with it any number before and after it; it may come twice;
 * those that arrive keep their order, between any two servers.
 */
@FunctionalInterface
public interface Links {
  /** For a server alone. */
  Links NONE = (to, message) -> {
    throw new IllegalStateException("a server alone has no peer " + to);
  };

  /** Returns at once; nobody is told whether it arrives. */
  void send(ServerId to, PeerMessage message);
}
