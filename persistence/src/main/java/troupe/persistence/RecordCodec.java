package troupe.persistence;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.util.Optional;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import scala.Option;
import troupe.persistence.wire.JournalRecord;
import troupe.persistence.wire.Payload;
import troupe.persistence.wire.SnapshotRecord;

/** Between what Pekko Persistence hands to its plugins and the bytes they store. */
final class RecordCodec {
  private final Serialization serialization;

  RecordCodec(ActorSystem system) {
    serialization = SerializationExtension.get(system);
  }

  ByteString encode(PersistentRepr event) {
    JournalRecord.Builder record = JournalRecord.newBuilder()
        .setEvent(payload(event.payload()))
        .setAdapterManifest(event.manifest())
        .setWriterUuid(event.writerUuid())
        .setTimestamp(event.timestamp());
    metadata(event.metadata()).ifPresent(record::setMetadata);
    return record.build().toByteString();
  }

  PersistentRepr decode(JournalStore.Event stored) throws InvalidProtocolBufferException {
    JournalRecord record = JournalRecord.parseFrom(stored.payload());
    PersistentRepr event = PersistentRepr.apply(object(record.getEvent()), stored.sequenceNr(), stored.persistenceId(),
            record.getAdapterManifest(), false, ActorRef.noSender(), record.getWriterUuid())
        .withTimestamp(record.getTimestamp());
    return record.hasMetadata() ? event.withMetadata(object(record.getMetadata())) : event;
  }

  ByteString encode(SnapshotMetadata about, Object state) {
    SnapshotRecord.Builder record =
        SnapshotRecord.newBuilder().setState(payload(state)).setTimestamp(about.timestamp());
    metadata(about.metadata()).ifPresent(record::setMetadata);
    return record.build().toByteString();
  }

  SelectedSnapshot decodeState(String persistenceId, long sequenceNr, SnapshotRecord record) {
    SnapshotMetadata about = new SnapshotMetadata(persistenceId, sequenceNr, record.getTimestamp());
    return new SelectedSnapshot(
        record.hasMetadata() ? about.withMetadata(object(record.getMetadata())) : about, object(record.getState()));
  }

  private Optional<Payload> metadata(Option<Object> metadata) {
    return metadata.isDefined() ? Optional.of(payload(metadata.get())) : Optional.empty();
  }

  private Payload payload(Object object) {
    Serializer serializer = serialization.findSerializerFor(object);
    return Payload.newBuilder()
        .setSerializerId(serializer.identifier())
        .setManifest(Serializers.manifestFor(serializer, object))
        .setContent(UnsafeByteOperations.unsafeWrap(serialization.serialize(object).get())) // nobody else has the array
        .build();
  }

  private Object object(Payload payload) {
    return serialization
        .deserialize(payload.getContent().toByteArray(), payload.getSerializerId(), payload.getManifest())
        .get();
  }
}
