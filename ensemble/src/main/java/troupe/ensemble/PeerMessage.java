package troupe.ensemble;

/** What one server may tell another: the messages with a wire form. Their protocols say what they mean. */
public interface PeerMessage {
  /** Who says it. */
  ServerId from();
}
