package troupe.session;

import java.util.Optional;
import troupe.tree.Applied;
import troupe.tree.NodeEvent;

/**
 * The latest changes of znodes, oldest first, for those who want them from some moment in the past on. One for the life of
 * a server: it goes on over changes of its role.
 *
 * <p>One thread at a time writes; any may read, each with a {@link Cursor} of its own. It holds what is committed, and
 * perhaps what is about to be published: whoever passes on what is in here stops at the published tree. While the server
 * recovers it may hold what is committed later, or never: nobody is served then, and {@link #begin} takes back the latter.
 */
public final class ChangeHistory {
  /**
   * A place between two changes, or at one.
   *
   * @param index of a change within its transaction
   */
  public record Position(long zxid, int index) implements Comparable<Position> {
    /** Behind everything that this transaction did. */
    public static Position after(long zxid) {
      return new Position(zxid, Integer.MAX_VALUE);
    }

    @Override
    public int compareTo(Position other) {
      int byZxid = Long.compare(zxid, other.zxid);
      return byZxid != 0 ? byZxid : Integer.compare(index, other.index);
    }
  }

  /** @param event {@code CREATED}, {@code DATA_CHANGED} or {@code DELETED}: what parents see follows from these */
  public record Change(Position position, NodeEvent event) {}

  /** Arrays rather than an object for each change: every write of the ensemble passes through here. */
  private static final class Chunk {
    private static final int SIZE = 512;

    private final long number;
    /** All changes after this are in this chunk and those behind it. */
    private final Position since;
    private final long[] zxids = new long[SIZE];
    private final int[] indices = new int[SIZE];
    private final NodeEvent[] events = new NodeEvent[SIZE];
    private volatile int filled;
    private volatile Chunk next; // null: this is the last one
    private long characters;

    Chunk(long number, Position since) {
      this.number = number;
      this.since = since;
    }

    Position position(int at) {
      return new Position(zxids[at], indices[at]);
    }
  }

  private static final long MAX_CHARACTERS = 16 << 20; // of all paths

  private final int maxChunks;
  private volatile Chunk head;
  private Chunk tail;
  private long characters;
  private long upTo;
  private boolean begun;

  /** @param size changes to keep, or some more */
  public ChangeHistory(int size) {
    this.maxChunks = Math.ceilDiv(size, Chunk.SIZE);
    restart(Position.after(0));
  }

  /** What follows will be appended to this state; what is in here and came behind it never happened. */
  public void begin(long zxid) {
    if (!begun || upTo < zxid || head.since.zxid() > zxid) {
      restart(Position.after(zxid));
    } else if (upTo > zxid) {
      Chunk from = head;
      restart(head.since);
      for (Chunk chunk = from; chunk != null; chunk = chunk.next) {
        for (int at = 0; at < chunk.filled && chunk.zxids[at] <= zxid; at++) {
          add(chunk.zxids[at], chunk.indices[at], chunk.events[at]);
        }
      }
    }
    begun = true;
    upTo = zxid;
  }

  public void append(Applied applied) {
    long zxid = applied.transaction().zxid().toLong();
    int index = 0;
    for (NodeEvent event : applied.events()) {
      if (event.kind() != NodeEvent.Kind.CHILDREN_CHANGED) {
        add(zxid, index++, event);
      }
    }
    upTo = zxid;
  }

  /** The changes after this place; none if they are not known any more. */
  public Optional<Cursor> after(Position position) {
    Chunk chunk = head;
    if (position.compareTo(chunk.since) < 0) {
      return Optional.empty();
    }
    while (chunk.next != null && chunk.next.since.compareTo(position) <= 0) {
      chunk = chunk.next;
    }
    Cursor cursor = new Cursor(chunk);
    while (cursor.isWithin() && chunk.position(cursor.at).compareTo(position) <= 0) {
      cursor.at++;
    }
    return Optional.of(cursor);
  }

  /** All changes after this are known. */
  public Position since() {
    return head.since;
  }

  /** Whoever reads in an earlier chunk is lost: none of them comes just before this one. */
  private void restart(Position since) {
    tail = new Chunk(tail == null ? 1 : tail.number + 2, since);
    head = tail;
    characters = 0;
  }

  private void add(long zxid, int index, NodeEvent event) {
    int at = tail.filled;
    if (at == Chunk.SIZE) {
      Chunk next = new Chunk(tail.number + 1, tail.position(at - 1));
      tail.next = next;
      tail = next;
      at = 0;
    }
    tail.zxids[at] = zxid;
    tail.indices[at] = index;
    tail.events[at] = event;
    tail.characters += event.path().length();
    characters += event.path().length();
    tail.filled = at + 1;
    while (head != tail && (tail.number - head.number > maxChunks || characters > MAX_CHARACTERS)) {
      characters -= head.characters;
      head = head.next;
    }
  }

  /** One reader's place. For one thread. */
  public final class Cursor {
    private Chunk chunk;
    private int at;

    private Cursor(Chunk chunk) {
      this.chunk = chunk;
    }

    /** Whether what comes next has been forgotten: the reader was too slow, or begins with another role of the server. */
    public boolean isLost() {
      Chunk oldest = head;
      boolean nextIsKnown = at == Chunk.SIZE && chunk.number == oldest.number - 1;
      return chunk.number < oldest.number && !nextIsKnown;
    }

    /** The next change, if there is one up to this zxid. */
    public Optional<Change> next(long lastZxid) {
      if (at == Chunk.SIZE && chunk.next != null) {
        chunk = chunk.next;
        at = 0;
      }
      if (!isWithin() || chunk.zxids[at] > lastZxid) {
        return Optional.empty();
      }
      Change next = new Change(chunk.position(at), chunk.events[at]);
      at++;
      return Optional.of(next);
    }

    private boolean isWithin() {
      return at < chunk.filled;
    }
  }
}
