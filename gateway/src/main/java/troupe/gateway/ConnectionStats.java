package troupe.gateway;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What {@code cons} and {@code stat} tell of one connection. Written by its event loop, read by anyone, a bit late. */
final class ConnectionStats {
  private volatile InetSocketAddress client;
  private volatile long established;
  private volatile long received;
  private volatile long sent;
  private volatile long session;
  private volatile boolean open;
  private volatile int timeout;
  private volatile int lastOp;
  private volatile int lastXid = -1;
  private volatile long lastZxid;
  private volatile long lastResponse;
  private volatile long lastLatency;
  private volatile long minLatency = Long.MAX_VALUE;
  private volatile long maxLatency;
  private volatile long latencySum;
  private volatile long answers;

  // Each field has one writer, its event loop: "x = x + 1" loses nothing.

  void begin(InetSocketAddress from) {
    client = from;
    established = System.currentTimeMillis();
  }

  void opened(long id, int negotiated) {
    session = id;
    timeout = negotiated;
    open = true;
  }

  void received() {
    received = received + 1;
  }

  void sent() {
    sent = sent + 1;
  }

  void answered(int op, int xid, long zxid, long millis) {
    sent = sent + 1;
    lastOp = op;
    lastXid = xid;
    lastZxid = zxid;
    lastResponse = System.currentTimeMillis();
    lastLatency = millis;
    minLatency = Math.min(minLatency, millis);
    maxLatency = Math.max(maxLatency, millis);
    latencySum = latencySum + millis;
    answers = answers + 1;
  }

  void reset() {
    received = 0;
    sent = 0;
    minLatency = Long.MAX_VALUE;
    maxLatency = 0;
    latencySum = 0;
    answers = 0;
  }

  OptionalLong session() {
    return open ? OptionalLong.of(session) : OptionalLong.empty();
  }

  InetSocketAddress client() {
    return client;
  }

  ClientInfo info() {
    return new ClientInfo(
        client,
        session(),
        timeout,
        Instant.ofEpochMilli(established),
        received,
        sent,
        Math.max(0, received - answers),
        answers == 0 ? Optional.empty() : Optional.of(OpCode.shortName(lastOp)),
        lastXid >= 0 ? OptionalInt.of(lastXid) : OptionalInt.empty(),
        lastZxid,
        lastResponse == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(lastResponse)),
        lastLatency,
        answers == 0 ? 0 : minLatency,
        answers == 0 ? 0 : (double) latencySum / answers,
        maxLatency);
  }

  /** ZooKeeper's line for {@code stat}. */
  String brief(boolean asking) {
    return " " + client + "[" + (asking ? 0 : 1) + "](queued=0,recved=" + received + ",sent=" + sent + ")";
  }

  /** ZooKeeper's line for {@code cons}. */
  String full(boolean asking) {
    String brief = brief(asking);
    if (!open) {
      return brief;
    }
    StringBuilder line = new StringBuilder(brief.substring(0, brief.length() - 1));
    line.append(",sid=0x").append(Long.toHexString(session));
    line.append(",lop=").append(answers == 0 ? "SESS" : OpCode.shortName(lastOp));
    line.append(",est=").append(established);
    line.append(",to=").append(timeout);
    if (lastXid >= 0) {
      line.append(",lcxid=0x").append(Integer.toHexString(lastXid));
    }
    line.append(",lzxid=0x").append(Long.toHexString(lastZxid));
    line.append(",lresp=").append(lastResponse == 0 ? established : lastResponse);
    line.append(",llat=").append(lastLatency);
    line.append(",minlat=").append(answers == 0 ? 0 : minLatency);
    line.append(",avglat=").append(answers == 0 ? 0 : latencySum / answers);
    line.append(",maxlat=").append(maxLatency);
    return line.append(')').toString();
  }
}
