package troupe.links;

import com.google.protobuf.ByteString;
import java.util.Optional;

/**
 * Puts together what one server sends in parts. Parts come in order; where one was lost, its message is lost as a whole,
 * as any message may be.
 */
final class Assembly {
  private long message;
  private int parts;
  private ByteString content = ByteString.EMPTY;

  /** The whole message, if this was its last part and all are there. */
  Optional<ByteString> add(Part part) {
    if (part.index() == 0) {
      message = part.message();
      parts = 0;
      content = ByteString.EMPTY;
    }
    if (part.message() != message || part.index() != parts) {
      return Optional.empty();
    }
    parts++;
    content = content.concat(part.content());
    if (!part.last()) {
      return Optional.empty();
    }
    ByteString whole = content;
    content = ByteString.EMPTY;
    return Optional.of(whole);
  }
}
