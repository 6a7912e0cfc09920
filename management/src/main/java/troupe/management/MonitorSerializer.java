package troupe.management;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.NotSerializableException;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import troupe.management.wire.NodeStatusMessage;
import troupe.management.wire.StatusRequestMessage;

/** What {@link Monitor}s tell each other, for Pekko Remoting. The form is in {@code monitor.proto}. */
final class MonitorSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 7_626_003;
  private static final String ASK = "a";
  private static final String TOLD = "t";

  private final ExtendedActorSystem system;

  MonitorSerializer(ExtendedActorSystem system) {
    this.system = system;
  }

  private ActorRefResolver resolver() { // not earlier: serializers are made before the system is complete
    return ActorRefResolver.get(Adapter.toTyped(system));
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object object) {
    return object instanceof Monitor.Ask ? ASK : TOLD;
  }

  @Override
  public byte[] toBinary(Object object) {
    return switch (object) {
      case Monitor.Ask ask -> StatusRequestMessage.newBuilder()
          .setReplyTo(resolver().toSerializationFormat(ask.replyTo())).build().toByteArray();
      case Monitor.Told told -> told.status().toByteArray();
      default -> throw new IllegalArgumentException("not for other nodes: " + object.getClass().getName());
    };
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    try {
      return switch (manifest) {
        case ASK -> {
          ActorRef<Monitor.Told> replyTo =
              resolver().resolveActorRef(StatusRequestMessage.parseFrom(bytes).getReplyTo());
          yield new Monitor.Ask(replyTo);
        }
        case TOLD -> new Monitor.Told(NodeStatusMessage.parseFrom(bytes));
        default -> throw new NotSerializableException(
            "a message of form '" + manifest + "', which this version does not know");
      };
    } catch (InvalidProtocolBufferException e) {
      throw new NotSerializableException(e.getMessage());
    }
  }
}
