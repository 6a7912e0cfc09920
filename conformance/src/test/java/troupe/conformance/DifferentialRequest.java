package troupe.conformance;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.apache.jute.Record;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.server.Request;

/**
 * A request that can be sent to either server.
 *
 * @param op the operation's code in the header, known to ZooKeeper or not
 */
record DifferentialRequest(int op, Body body) {
  /** What follows the request's header. */
  sealed interface Body {}

  /** Records one after another; more than one in a multi. */
  record Fields(List<Record> records) implements Body {}

  /**
   * A record that names a zxid of the past.
   *
   * @param ago how many transactions ago, counted from the last zxid this connection has been told
   */
  record Since(int ago, LongFunction<Record> record) implements Body {}

  /** The first bytes of another body. */
  record Cut(Body whole, int length) implements Body {}

  /** Bytes as they are. */
  record Bytes(byte[] bytes) implements Body {
    @Override
    public String toString() {
      return "0x" + HexFormat.of().formatHex(bytes);
    }
  }

  static DifferentialRequest of(int op, Record... records) {
    return new DifferentialRequest(op, new Fields(List.of(records)));
  }

  /** The same request with its body cut after so many bytes. */
  DifferentialRequest cut(int length) {
    return new DifferentialRequest(op, new Cut(body, length));
  }

  /**
   * The request's frame.
   *
   * @param nextXid the xid for requests that have none of their own
   * @param lastZxid the last zxid this server has told this session
   */
  byte[] frame(int nextXid, long lastZxid) {
    return RawClient.request(xid(nextXid), op, bytes(body, lastZxid));
  }

  /** The xid the official clients give to such a request. */
  private int xid(int nextXid) {
    return switch (op) {
      case OpCode.ping -> RawClient.PING_XID;
      case OpCode.auth -> RawClient.AUTH_XID;
      case OpCode.setWatches, OpCode.setWatches2 -> RawClient.SET_WATCHES_XID;
      default -> nextXid;
    };
  }

  private static byte[] bytes(Body body, long lastZxid) {
    return switch (body) {
      case Fields f -> RawClient.encode(f.records().toArray(Record[]::new));
      case Since s -> RawClient.encode(s.record().apply(since(s.ago(), lastZxid)));
      case Cut c -> Arrays.copyOf(bytes(c.whole(), lastZxid), length(c, lastZxid));
      case Bytes b -> b.bytes();
    };
  }

  private static int length(Cut cut, long lastZxid) {
    return Math.min(cut.length(), bytes(cut.whole(), lastZxid).length);
  }

  /** Not further back than the start of the epoch, which is all of history for servers as young as these. */
  private static long since(int ago, long lastZxid) {
    return lastZxid - Math.min(ago, lastZxid & 0xFFFF_FFFFL);
  }

  static String name(int op) {
    return switch (op) {
      case OpCode.addWatch -> "addWatch";
      case OpCode.auth -> "auth";
      case OpCode.createTTL -> "createTTL";
      case OpCode.getAllChildrenNumber -> "getAllChildrenNumber";
      case OpCode.getEphemerals -> "getEphemerals";
      case OpCode.setWatches2 -> "setWatches2";
      case OpCode.whoAmI -> "whoAmI";
      default -> Request.op2String(op).startsWith("unknown") ? "op " + op : Request.op2String(op);
    };
  }

  @Override
  public String toString() {
    return name(op) + " " + text(body);
  }

  private static String text(Body body) {
    return switch (body) {
      case Fields f -> f.records().stream().map(DifferentialRequest::text).collect(Collectors.joining(" "));
      case Since s -> s.ago() + " ago " + text(s.record().apply(0));
      case Cut c -> text(c.whole()) + " cut after " + c.length() + " bytes";
      case Bytes b -> b.toString();
    };
  }

  private static String text(Record record) {
    return DifferentialText.printable(record.toString().strip(), 300);
  }
}
