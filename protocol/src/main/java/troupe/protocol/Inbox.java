package troupe.protocol;

import com.google.protobuf.ByteString;
import java.util.Optional;
import troupe.protocol.ClientProtocol.Frame;

/** Takes each frame of the other side once and in order, and puts envelopes together. */
public final class Inbox {
  private final long maxBytes;
  private ByteString parts = ByteString.EMPTY;
  private long received;

  /** @param maxBytes of an envelope */
  public Inbox(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The number of the last frame that has come. */
  public long received() {
    return received;
  }

  /**
   * @return the envelope that is complete with this frame
   * @throws ProtocolException if a frame was lost on the way, or the envelope is too large
   */
  public Optional<ByteString> take(Frame frame) throws ProtocolException {
    if (frame.number() != received + 1) {
      throw new ProtocolException("message " + frame.number() + " came after " + received + ": some were lost");
    }
    received = frame.number();
    parts = parts.concat(frame.content());
    if (parts.size() > maxBytes) {
      throw new ProtocolException("a message of more than " + maxBytes + " bytes");
    }
    if (!frame.last()) {
      return Optional.empty();
    }
    ByteString envelope = parts;
    parts = ByteString.EMPTY;
    return Optional.of(envelope);
  }
}
