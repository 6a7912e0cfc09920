package troupe.links;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;

/**
 * A part of a message that is too large for one frame, in the message's wire form.
 *
 * @param message which one; never again from the same server, also not after it was started anew
 * @param index 0, 1, ...
 */
record Part(ServerId from, long message, int index, boolean last, ByteString content) implements PeerMessage {
  /** @param size bytes of each part but the last */
  static List<Part> split(ServerId from, long message, ByteString whole, int size) {
    List<Part> parts = new ArrayList<>();
    for (int start = 0; start < whole.size(); start += size) {
      int end = Math.min(start + size, whole.size());
      parts.add(new Part(from, message, parts.size(), end == whole.size(), whole.substring(start, end)));
    }
    return parts;
  }
}
