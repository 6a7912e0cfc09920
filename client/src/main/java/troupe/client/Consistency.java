package troupe.client;

/** How new the state is that a read sees. */
public enum Consistency {
  /**
   * At least as new as anything this session has seen or written: the state of its own server, which may be behind others
   * by a moment. Costs one message to that server.
   */
  SEQUENTIAL,
  /**
   * At least as new as anything that any session had been told of when this read was asked. Costs, beside, one round of
   * messages between the leader and a quorum, shared by all who ask at that moment; writes nothing.
   */
  LINEARIZABLE
}
