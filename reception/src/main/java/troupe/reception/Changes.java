package troupe.reception;

import java.util.List;
import java.util.Optional;
import troupe.protocol.wire.EventMessage;
import troupe.protocol.wire.OpenStream;
import troupe.protocol.wire.PositionMessage;
import troupe.protocol.wire.StreamMessage;
import troupe.session.ChangeHistory;
import troupe.tree.Identity;
import troupe.tree.NodeEvent;
import troupe.tree.Permissions;

/** One stream of changes: where it is in the history, and how much its client has room for. */
final class Changes {
  private static final int NODE = 0;
  private static final int CHILDREN = 1;

  private final long id;
  private final String path;
  private final int scope;
  private final String below;
  private final ChangeHistory.Cursor cursor;
  private long credit;
  private ChangeHistory.Position told;

  private Changes(OpenStream open, ChangeHistory.Cursor cursor, ChangeHistory.Position begin) {
    this.id = open.getStream();
    this.path = open.getPath();
    this.scope = open.getScope();
    this.below = path.equals("/") ? "/" : path + "/";
    this.cursor = cursor;
    this.credit = open.getCredit();
    this.told = begin;
  }

  /** None if the history does not go back so far. */
  static Optional<Changes> open(OpenStream open, ChangeHistory history, long lastZxid) {
    ChangeHistory.Position begin = open.hasAfter()
        ? new ChangeHistory.Position(open.getAfter().getZxid(), open.getAfter().getIndex())
        : ChangeHistory.Position.after(lastZxid);
    return history.after(begin).map(cursor -> new Changes(open, cursor, begin));
  }

  long id() {
    return id;
  }

  void allow(int more) {
    credit += more;
  }

  boolean isLost() {
    return cursor.isLost();
  }

  /**
   * The next changes, as many as there is room for, and the place up to which all was looked at; none if nothing is new.
   *
   * @param lastZxid as far as the client may look
   */
  Optional<StreamMessage> next(long lastZxid, List<Identity> identities, int max) {
    StreamMessage.Builder message = StreamMessage.newBuilder().setStream(id);
    while (credit > 0 && message.getEventsCount() < max) {
      Optional<ChangeHistory.Change> change = cursor.next(lastZxid);
      if (change.isEmpty()) {
        ChangeHistory.Position end = ChangeHistory.Position.after(lastZxid);
        told = end.compareTo(told) > 0 ? end : told;
        break;
      }
      if (change.get().position().compareTo(told) <= 0) {
        continue; // the client has seen more than this server had when the stream began
      }
      told = change.get().position();
      NodeEvent event = change.get().event();
      if (concerns(event.path()) && event.acl().permits(Permissions.READ, identities)) {
        credit--;
        message.addEvents(EventMessage.newBuilder()
            .setZxid(told.zxid()).setIndex(told.index()).setKind(kind(event)).setPath(event.path()));
      }
    }
    return message.getEventsCount() > 0 ? Optional.of(message.setReached(position(told)).build()) : Optional.empty();
  }

  /**
   * The place up to which all was looked at; none if that is only where the client wanted to begin, which nobody has seen.
   *
   * @param lastZxid as far as the client may look
   */
  Optional<StreamMessage> reached(long lastZxid) {
    return told.compareTo(ChangeHistory.Position.after(lastZxid)) <= 0
        ? Optional.of(StreamMessage.newBuilder().setStream(id).setReached(position(told)).build())
        : Optional.empty();
  }

  private static PositionMessage position(ChangeHistory.Position position) {
    return PositionMessage.newBuilder().setZxid(position.zxid()).setIndex(position.index()).build();
  }

  private boolean concerns(String changed) {
    return switch (scope) {
      case NODE -> changed.equals(path);
      case CHILDREN -> changed.length() > below.length() && changed.startsWith(below)
          && changed.indexOf('/', below.length()) < 0;
      default -> changed.equals(path) || changed.startsWith(below);
    };
  }

  private static int kind(NodeEvent event) {
    return switch (event.kind()) {
      case CREATED -> 0;
      case DATA_CHANGED -> 1;
      case DELETED -> 2;
      case CHILDREN_CHANGED -> throw new IllegalStateException("the history has no " + event);
    };
  }
}
