package troupe.persistence;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.UncheckedIOException;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import troupe.ensemble.Zxid;
import troupe.persistence.wire.EventMessage;
import troupe.persistence.wire.HistoryMessage;
import troupe.persistence.wire.SnapshotMessage;
import troupe.persistence.wire.SnapshotTakenMessage;
import troupe.persistence.wire.TruncationMessage;

/** The log's events and state to bytes and back: the one place that knows {@code log.proto}'s events. */
final class LogSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 7_626_001;
  private static final String EVENT = "e";
  private static final String HISTORY = "h";

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object object) {
    return object instanceof History ? HISTORY : EVENT;
  }

  @Override
  public byte[] toBinary(Object object) {
    return switch (object) {
      case TransactionLog.Event event -> encode(event);
      case History history -> encode(history).toByteArray();
      default -> throw new IllegalArgumentException("not the log's: " + object.getClass().getName());
    };
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    try {
      return switch (manifest) {
        case EVENT -> decodeEvent(UnsafeByteOperations.unsafeWrap(bytes));
        case HISTORY -> decode(HistoryMessage.parseFrom(bytes));
        default -> throw new NotSerializableException("the journal holds a '" + manifest
            + "', which this version of Troupe does not know; was it written by a newer one?");
      };
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException("not an event of the transaction log", e);
    }
  }

  static TransactionLog.Event decodeEvent(ByteString bytes) throws InvalidProtocolBufferException {
    EventMessage message = EventMessage.parseFrom(bytes);
    return switch (message.getEventCase()) {
      case APPENDED -> new TransactionLog.Appended(Batch.decode(message.getAppended()));
      case EPOCH_ACCEPTED -> new TransactionLog.EpochAccepted(message.getEpochAccepted());
      case EPOCH_ESTABLISHED -> new TransactionLog.EpochEstablished(message.getEpochEstablished());
      case SNAPSHOT_TAKEN -> new TransactionLog.SnapshotTaken(
          decode(message.getSnapshotTaken().getSnapshot()), message.getSnapshotTaken().getKept());
      case TRUNCATED -> new TransactionLog.Truncated(decode(message.getTruncated()));
      case SNAPSHOT_INSTALLED -> new TransactionLog.SnapshotInstalled(decode(message.getSnapshotInstalled()));
      case EVENT_NOT_SET -> throw new InvalidProtocolBufferException("an event that this version does not know");
    };
  }

  private static byte[] encode(TransactionLog.Event event) {
    return switch (event) {
      case TransactionLog.Appended appended -> encode(appended.batch());
      case TransactionLog.EpochAccepted accepted ->
          EventMessage.newBuilder().setEpochAccepted(accepted.epoch()).build().toByteArray();
      case TransactionLog.EpochEstablished established ->
          EventMessage.newBuilder().setEpochEstablished(established.epoch()).build().toByteArray();
      case TransactionLog.SnapshotTaken taken -> EventMessage.newBuilder()
          .setSnapshotTaken(
              SnapshotTakenMessage.newBuilder().setSnapshot(encode(taken.snapshot())).setKept(taken.kept()))
          .build()
          .toByteArray();
      case TransactionLog.Truncated truncated ->
          EventMessage.newBuilder().setTruncated(encode(truncated.truncation())).build().toByteArray();
      case TransactionLog.SnapshotInstalled installed ->
          EventMessage.newBuilder().setSnapshotInstalled(encode(installed.snapshot())).build().toByteArray();
    };
  }

  /** The batch's own bytes with the field's tag before them, so that it is not encoded a second time. */
  private static byte[] encode(Batch batch) {
    int field = EventMessage.APPENDED_FIELD_NUMBER;
    byte[] bytes = new byte[CodedOutputStream.computeBytesSize(field, batch.encoded())];
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeBytes(field, batch.encoded());
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array does not fail
    }
    return bytes;
  }

  private static HistoryMessage encode(History history) {
    HistoryMessage.Builder message = HistoryMessage.newBuilder()
        .setAcceptedEpoch(history.acceptedEpoch())
        .setCurrentEpoch(history.currentEpoch())
        .setLast(history.last().toLong());
    history.snapshots().forEach(snapshot -> message.addSnapshots(encode(snapshot)));
    history.truncations().forEach(truncation -> message.addTruncations(encode(truncation)));
    return message.setBeginsAfter(history.beginsAfter()).build();
  }

  private static History decode(HistoryMessage message) {
    return new History(
        message.getAcceptedEpoch(),
        message.getCurrentEpoch(),
        Zxid.of(message.getLast()),
        message.getSnapshotsList().stream().map(LogSerializer::decode).toList(),
        message.getTruncationsList().stream().map(LogSerializer::decode).toList(),
        message.getBeginsAfter());
  }

  private static TruncationMessage encode(Truncation truncation) {
    return TruncationMessage.newBuilder()
        .setPosition(truncation.position())
        .setKeepUpTo(truncation.keepUpTo().toLong())
        .build();
  }

  private static Truncation decode(TruncationMessage message) {
    return new Truncation(message.getPosition(), Zxid.of(message.getKeepUpTo()));
  }

  private static SnapshotMessage encode(SnapshotRef snapshot) {
    return SnapshotMessage.newBuilder()
        .setLast(snapshot.last().toLong())
        .setPosition(snapshot.position())
        .setFile(snapshot.file())
        .setDigest(snapshot.digest())
        .build();
  }

  private static SnapshotRef decode(SnapshotMessage message) {
    return new SnapshotRef(
        Zxid.of(message.getLast()), message.getPosition(), message.getFile(), message.getDigest());
  }
}
