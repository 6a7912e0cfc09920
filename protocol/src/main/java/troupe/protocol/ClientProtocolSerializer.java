package troupe.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.NotSerializableException;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import troupe.protocol.wire.ConnectMessage;
import troupe.protocol.wire.FrameMessage;
import troupe.protocol.wire.TurnedAwayMessage;
import troupe.protocol.wire.WelcomedMessage;

/** {@link ClientProtocol} for Pekko Remoting. The form is in {@code client.proto}. */
final class ClientProtocolSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 7_626_004;
  private static final String CONNECT = "c";
  private static final String WELCOMED = "w";
  private static final String TURNED_AWAY = "t";
  private static final String FRAME = "f";

  private final ExtendedActorSystem system;

  ClientProtocolSerializer(ExtendedActorSystem system) {
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
    return switch (object) {
      case ClientProtocol.Connect connect -> CONNECT;
      case ClientProtocol.Welcomed welcomed -> WELCOMED;
      case ClientProtocol.TurnedAway turned -> TURNED_AWAY;
      case ClientProtocol.Frame frame -> FRAME;
      default -> throw unknown(object);
    };
  }

  @Override
  public byte[] toBinary(Object object) {
    return switch (object) {
      case ClientProtocol.Connect connect -> ConnectMessage.newBuilder()
          .setClient(resolver().toSerializationFormat(connect.client()))
          .setConnection(connect.connection())
          .setHandshake(connect.handshake())
          .build().toByteArray();
      case ClientProtocol.Welcomed welcomed -> WelcomedMessage.newBuilder()
          .setServer(resolver().toSerializationFormat(welcomed.server()))
          .setConnection(welcomed.connection())
          .setWelcome(welcomed.welcome())
          .build().toByteArray();
      case ClientProtocol.TurnedAway turned -> TurnedAwayMessage.newBuilder()
          .setConnection(turned.connection())
          .setRefusal(turned.refusal())
          .setExplanation(turned.explanation())
          .build().toByteArray();
      case ClientProtocol.Frame frame -> FrameMessage.newBuilder()
          .setConnection(frame.connection())
          .setNumber(frame.number())
          .setIsLast(frame.last())
          .setContent(frame.content())
          .build().toByteArray();
      default -> throw unknown(object);
    };
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    try {
      return switch (manifest) {
        case CONNECT -> {
          ConnectMessage connect = ConnectMessage.parseFrom(bytes);
          yield new ClientProtocol.Connect(
              connect.getConnection(), resolver().resolveActorRef(connect.getClient()), connect.getHandshake());
        }
        case WELCOMED -> {
          WelcomedMessage welcomed = WelcomedMessage.parseFrom(bytes);
          yield new ClientProtocol.Welcomed(
              welcomed.getConnection(), resolver().resolveActorRef(welcomed.getServer()), welcomed.getWelcome());
        }
        case TURNED_AWAY -> {
          TurnedAwayMessage turned = TurnedAwayMessage.parseFrom(bytes);
          yield new ClientProtocol.TurnedAway(
              turned.getConnection(), turned.getRefusal(), turned.getExplanation());
        }
        case FRAME -> {
          FrameMessage frame = FrameMessage.parseFrom(bytes);
          yield new ClientProtocol.Frame(
              frame.getConnection(), frame.getNumber(), frame.getIsLast(), frame.getContent());
        }
        default -> throw new NotSerializableException(
            "a message of form '" + manifest + "', which this version does not know");
      };
    } catch (InvalidProtocolBufferException e) {
      throw new NotSerializableException(e.getMessage());
    }
  }

  private static IllegalArgumentException unknown(Object object) {
    return new IllegalArgumentException("not between clients and servers: " + object.getClass().getName());
  }
}
