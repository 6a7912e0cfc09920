package troupe.links;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.NotSerializableException;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import troupe.ensemble.PeerMessage;

/** What servers tell each other, for Pekko Remoting. */
final class PeerSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 7_626_002;

  /** The form of {@code peers.proto}; it grows by fields and kinds, which an older server ignores or drops. */
  private static final String PEERS = "p";

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object object) {
    return PEERS;
  }

  @Override
  public byte[] toBinary(Object object) {
    if (object instanceof PeerMessage message) {
      return PeerCodec.encode(message);
    }
    throw new IllegalArgumentException("not for other servers: " + object.getClass().getName());
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    if (!manifest.equals(PEERS)) {
      throw new NotSerializableException("a message of form '" + manifest + "', which this version does not know");
    }
    try {
      return PeerCodec.decode(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new NotSerializableException(e.getMessage());
    }
  }
}
