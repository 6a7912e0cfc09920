package troupe.conformance;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.proto.Create2Response;
import org.apache.zookeeper.proto.CreateResponse;
import org.apache.zookeeper.proto.ErrorResponse;
import org.apache.zookeeper.proto.ExistsResponse;
import org.apache.zookeeper.proto.GetACLResponse;
import org.apache.zookeeper.proto.GetAllChildrenNumberResponse;
import org.apache.zookeeper.proto.GetChildren2Response;
import org.apache.zookeeper.proto.GetChildrenResponse;
import org.apache.zookeeper.proto.GetDataResponse;
import org.apache.zookeeper.proto.GetEphemeralsResponse;
import org.apache.zookeeper.proto.MultiHeader;
import org.apache.zookeeper.proto.SetACLResponse;
import org.apache.zookeeper.proto.SetDataResponse;
import org.apache.zookeeper.proto.SyncResponse;
import org.apache.zookeeper.proto.WhoAmIResponse;

/**
 * Writes what one server said as text in which all is kept that both servers must agree on: two servers agree if their
 * texts are equal. Left out, since no two servers could agree on them, are the wall clock's times (ctime, mtime), and
 * changed are session ids, which become the number of the session, and the order of what comes out of a hash set.
 */
final class DifferentialText {
  private static final int SHOWN = 80;

  private final Map<Long, String> sessions = new HashMap<>();

  /** Gives a new session's id the next number. */
  void know(long sessionId) {
    sessions.putIfAbsent(sessionId, "session" + (sessions.size() + 1));
  }

  String session(long id) {
    return id == 0 ? "none" : sessions.getOrDefault(id, "unknown session");
  }

  /** The counter of a zxid, the low half: the epoch counts a server's leaders, which is its own affair. */
  static long counter(long zxid) {
    return zxid < 0 ? zxid : zxid & 0xFFFF_FFFFL;
  }

  String event(RawClient.Event event) {
    return "event type=%d state=%d path=%s zxid=%d err=%d".formatted(
        event.type(), event.state(), quoted(event.path()), counter(event.zxid()), event.err());
  }

  /** An answer to a request of this op, with its body as far as it is one. */
  String reply(int op, RawClient.Reply reply) {
    String header = "reply xid=%d zxid=%d err=%d".formatted(reply.xid(), counter(reply.zxid()), reply.err());
    ByteBuffer body = reply.body().duplicate();
    try {
      String fields = body.hasRemaining() ? " " + fields(op, body) : "";
      return header + fields + (body.hasRemaining() ? " then " + hex(body) : "");
    } catch (UncheckedIOException notSuchABody) {
      return header + " undecodable " + hex(reply.body());
    }
  }

  private String fields(int op, ByteBuffer body) {
    return switch (op) {
      case OpCode.create -> quoted(RawClient.decode(body, new CreateResponse()).getPath());
      case OpCode.create2, OpCode.createTTL, OpCode.createContainer -> {
        var response = RawClient.decode(body, new Create2Response());
        yield quoted(response.getPath()) + stat(response.getStat());
      }
      case OpCode.exists -> stat(RawClient.decode(body, new ExistsResponse()).getStat());
      case OpCode.getData -> {
        var response = RawClient.decode(body, new GetDataResponse());
        yield data(response.getData()) + stat(response.getStat());
      }
      case OpCode.setData -> stat(RawClient.decode(body, new SetDataResponse()).getStat());
      case OpCode.setACL -> stat(RawClient.decode(body, new SetACLResponse()).getStat());
      case OpCode.getACL -> {
        var response = RawClient.decode(body, new GetACLResponse());
        yield acl(response.getAcl()) + stat(response.getStat());
      }
      case OpCode.getChildren -> unordered(RawClient.decode(body, new GetChildrenResponse()).getChildren());
      case OpCode.getChildren2 -> {
        var response = RawClient.decode(body, new GetChildren2Response());
        yield unordered(response.getChildren()) + stat(response.getStat());
      }
      case OpCode.getAllChildrenNumber ->
          "number=" + RawClient.decode(body, new GetAllChildrenNumberResponse()).getTotalNumber();
      case OpCode.getEphemerals -> unordered(RawClient.decode(body, new GetEphemeralsResponse()).getEphemerals());
      case OpCode.sync -> quoted(RawClient.decode(body, new SyncResponse()).getPath());
      case OpCode.addWatch, OpCode.error -> "err=" + RawClient.decode(body, new ErrorResponse()).getErr();
      case OpCode.whoAmI -> unordered(RawClient.decode(body, new WhoAmIResponse()).getClientInfo().stream()
          .map(info -> info.getAuthScheme() + ":" + info.getUser())
          .toList());
      case OpCode.multi, OpCode.multiRead -> results(body);
      default -> hex(body);
    };
  }

  private String results(ByteBuffer body) {
    var results = new StringBuilder();
    for (MultiHeader header = next(body); ; header = next(body)) {
      results.append("[type=%d done=%s err=%d".formatted(header.getType(), header.getDone(), header.getErr()));
      if (header.getDone()) {
        return results.append("]").toString();
      }
      boolean isBare = header.getType() == OpCode.delete || header.getType() == OpCode.check;
      results.append(isBare ? "" : " " + fields(header.getType(), body)).append("] ");
    }
  }

  private static MultiHeader next(ByteBuffer body) {
    return RawClient.decode(body, new MultiHeader());
  }

  private String stat(Stat stat) {
    return " {czxid=%d mzxid=%d pzxid=%d version=%d cversion=%d aversion=%d owner=%s length=%d children=%d}".formatted(
        counter(stat.getCzxid()), counter(stat.getMzxid()), counter(stat.getPzxid()), stat.getVersion(),
        stat.getCversion(), stat.getAversion(), session(stat.getEphemeralOwner()), stat.getDataLength(),
        stat.getNumChildren());
  }

  /** In order, but for neighbours of scheme digest with equal permissions: "auth" puts a hash set of them there. */
  private static String acl(List<ACL> acl) {
    return groups(acl, DifferentialText::group).stream()
        .flatMap(group -> group.stream()
            .map(entry -> "%d:%s:%s".formatted(
                entry.getPerms(), quoted(entry.getId().getScheme()), quoted(entry.getId().getId())))
            .sorted())
        .collect(Collectors.joining(", ", "acl(", ")"));
  }

  private static Object group(ACL entry) {
    return "digest".equals(entry.getId().getScheme()) ? (Object) entry.getPerms() : new Object();
  }

  /** Cuts a list where neighbours have different keys. */
  static <T> List<List<T>> groups(List<T> list, Function<T, Object> key) {
    var groups = new ArrayList<List<T>>();
    Object last = new Object();
    for (T element : list) {
      Object current = key.apply(element);
      if (!Objects.equals(current, last)) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add(element);
      last = current;
    }
    return groups;
  }

  private static String unordered(List<String> names) {
    return names.stream().map(DifferentialText::quoted).sorted().toList().toString();
  }

  private static String data(byte[] data) {
    if (data == null) {
      return "null";
    }
    var crc = new CRC32C();
    crc.update(data);
    return "data(%d bytes, crc %x)".formatted(data.length, crc.getValue());
  }

  private static String quoted(String text) {
    return text == null ? "null" : "'" + printable(text, SHOWN) + "'";
  }

  /** A text too long to read is cut, and told apart from others by its hash; control characters are escaped. */
  static String printable(String text, int limit) {
    String head = text.substring(0, Math.min(text.length(), limit)).chars()
        .mapToObj(c -> c < ' ' || c > '~' ? "\\u%04x".formatted(c) : String.valueOf((char) c))
        .collect(Collectors.joining());
    return text.length() <= limit ? head : head + "... (%d, hash %x)".formatted(text.length(), text.hashCode());
  }

  private static String hex(ByteBuffer bytes) {
    var rest = new byte[bytes.remaining()];
    bytes.get(rest);
    return "0x" + HexFormat.of().formatHex(rest);
  }
}
