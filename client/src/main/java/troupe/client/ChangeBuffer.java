package troupe.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import troupe.protocol.wire.EventMessage;
import troupe.protocol.wire.OpenStream;
import troupe.protocol.wire.PositionMessage;
import troupe.protocol.wire.StreamMessage;

/** A stream of changes on the side of its session: what has come and was not taken, and where it is to go on. */
final class ChangeBuffer {
  /** Changes on the way or waiting here. */
  private static final int WINDOW = 512;
  private static final WatchEvent.Kind[] KINDS = WatchEvent.Kind.values();

  private final long id;
  private final Session.OpenStream asked;
  private final List<WatchEvent> arrived = new ArrayList<>();
  private Optional<PositionMessage> position;
  private Optional<CompletableFuture<List<WatchEvent>>> waiting = Optional.empty();
  private Optional<TroupeException> end = Optional.empty();

  /** Of what the server was allowed, what it has not used. */
  private int onTheWay;

  ChangeBuffer(long id, Session.OpenStream asked) {
    this.id = id;
    this.asked = asked;
    this.position = asked.after().map(zxid ->
        PositionMessage.newBuilder().setZxid(zxid).setIndex(Integer.MAX_VALUE).build());
  }

  boolean isOver() {
    return end.isPresent();
  }

  /** For a new connection: from where the last one has got to. */
  OpenStream open() {
    onTheWay = WINDOW - arrived.size();
    OpenStream.Builder open = OpenStream.newBuilder()
        .setStream(id)
        .setPath(asked.path())
        .setScope(asked.scope().ordinal())
        .setCredit(onTheWay);
    position.ifPresent(open::setAfter);
    return open.build();
  }

  /** The newest zxid that is known by it. */
  long take(StreamMessage message) {
    for (EventMessage event : message.getEventsList()) {
      arrived.add(new WatchEvent(event.getZxid(), event.getIndex(), KINDS[event.getKind()], event.getPath()));
    }
    onTheWay -= message.getEventsCount();
    if (message.hasReached()) {
      position = Optional.of(message.getReached());
    }
    switch (message.getEndCase()) {
      case COMPACTED -> end(new CompactedException(
          asked.path(), position.map(PositionMessage::getZxid).orElse(0L), message.getCompacted()));
      case REFUSED -> end(new TroupeException(new Failure(
          AnswerReader.code(message.getRefused()), "the server refuses a stream of changes of " + asked.path())));
      case END_NOT_SET -> give();
    }
    return position.map(PositionMessage::getZxid).orElse(0L);
  }

  void take(CompletableFuture<List<WatchEvent>> promise) {
    waiting = Optional.of(promise);
    give();
  }

  /** Nothing more will come. What has come is still given. */
  void end(TroupeException why) {
    if (end.isEmpty()) {
      end = Optional.of(why);
    }
    give();
  }

  private void give() {
    if (waiting.isEmpty() || arrived.isEmpty() && end.isEmpty()) {
      return;
    }
    CompletableFuture<List<WatchEvent>> promise = waiting.get();
    waiting = Optional.empty();
    if (arrived.isEmpty()) {
      promise.completeExceptionally(end.get());
    } else {
      List<WatchEvent> all = List.copyOf(arrived);
      arrived.clear();
      promise.complete(all);
    }
  }

  /** How many more changes the server may send; only if it is worth a message. */
  int moreCredit() {
    int free = WINDOW - arrived.size() - onTheWay;
    if (free < WINDOW / 2) {
      return 0;
    }
    onTheWay += free;
    return free;
  }

  long id() {
    return id;
  }
}
