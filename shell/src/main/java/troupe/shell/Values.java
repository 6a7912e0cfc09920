package troupe.shell;

import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;

/** How what a node has looks: to people as in ZooKeeper's command line, to programs as JSON. */
final class Values {
  private Values() {}

  static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }

  /** The text that these bytes are, if they are UTF-8 and have nothing in it that a terminal might obey. */
  static Optional<String> text(byte[] data) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
      boolean legible = text.codePoints().allMatch(c -> !Character.isISOControl(c) || "\n\r\t".indexOf(c) >= 0);
      return legible ? Optional.of(text) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** @param data null where a node has none, which is not the same as none of any length */
  static String data(byte[] data) {
    return data == null ? "null" : text(data).orElseGet(() -> hexDump(data));
  }

  static String hexDump(byte[] data) {
    return ByteBufUtil.prettyHexDump(Unpooled.wrappedBuffer(data));
  }

  static String base64(byte[] data) {
    return Base64.getEncoder().encodeToString(data);
  }

  static void writeData(JsonGenerator json, byte[] data) throws IOException {
    if (data == null) {
      json.writeNullField("data");
      return;
    }
    json.writeObjectFieldStart("data");
    Optional<String> text = text(data);
    if (text.isPresent()) {
      json.writeStringField("text", text.get());
    }
    json.writeStringField("base64", base64(data));
    json.writeEndObject();
  }

  static String stat(Stat stat) {
    return String.join("\n",
        "cZxid = " + hex(stat.getCzxid()),
        "ctime = " + new Date(stat.getCtime()),
        "mZxid = " + hex(stat.getMzxid()),
        "mtime = " + new Date(stat.getMtime()),
        "pZxid = " + hex(stat.getPzxid()),
        "cversion = " + stat.getCversion(),
        "dataVersion = " + stat.getVersion(),
        "aclVersion = " + stat.getAversion(),
        "ephemeralOwner = " + hex(stat.getEphemeralOwner()),
        "dataLength = " + stat.getDataLength(),
        "numChildren = " + stat.getNumChildren());
  }

  static void writeStat(JsonGenerator json, Stat stat) throws IOException {
    json.writeObjectFieldStart("stat");
    json.writeStringField("czxid", hex(stat.getCzxid()));
    json.writeStringField("ctime", Instant.ofEpochMilli(stat.getCtime()).toString());
    json.writeStringField("mzxid", hex(stat.getMzxid()));
    json.writeStringField("mtime", Instant.ofEpochMilli(stat.getMtime()).toString());
    json.writeStringField("pzxid", hex(stat.getPzxid()));
    json.writeNumberField("cversion", stat.getCversion());
    json.writeNumberField("version", stat.getVersion());
    json.writeNumberField("aversion", stat.getAversion());
    json.writeStringField("ephemeralOwner", hex(stat.getEphemeralOwner()));
    json.writeNumberField("dataLength", stat.getDataLength());
    json.writeNumberField("numChildren", stat.getNumChildren());
    json.writeEndObject();
  }

  static void writeStrings(JsonGenerator json, String field, Iterable<String> strings) throws IOException {
    json.writeArrayFieldStart(field);
    for (String string : strings) {
      json.writeString(string);
    }
    json.writeEndArray();
  }

  /**
   * Reads {@code scheme:id:permissions[,...]}, where an id may have colons in it.
   *
   * @throws WrongInput if it is something else
   */
  static List<ACL> acl(String text) {
    List<ACL> acl = new ArrayList<>();
    for (String entry : text.split(",", -1)) {
      int first = entry.indexOf(':');
      int last = entry.lastIndexOf(':');
      if (first < 1 || first == last) {
        throw new WrongInput("ACL '" + entry + "': scheme:id:permissions is needed, such as world:anyone:cdrwa");
      }
      acl.add(new ACL(permissions(entry.substring(last + 1)),
          new Id(entry.substring(0, first), entry.substring(first + 1, last))));
    }
    return acl;
  }

  private static int permissions(String letters) {
    int bits = 0;
    for (char letter : letters.toCharArray()) {
      bits |= switch (letter) {
        case 'c' -> Perms.CREATE;
        case 'd' -> Perms.DELETE;
        case 'r' -> Perms.READ;
        case 'w' -> Perms.WRITE;
        case 'a' -> Perms.ADMIN;
        default -> throw new WrongInput("there is no permission '" + letter
            + "', only c(reate), d(elete), r(ead), w(rite), a(dmin)");
      };
    }
    if (bits == 0) {
      throw new WrongInput("an ACL without permissions is refused by the server; give some of cdrwa");
    }
    return bits;
  }

  /** Two lines for each entry, as Jute writes an id. */
  static String acl(List<ACL> acl) {
    return String.join("\n", acl.stream()
        .map(entry -> printable("'" + entry.getId().getScheme() + ",'" + entry.getId().getId())
            + "\n: " + ZKUtil.getPermString(entry.getPerms()))
        .toList());
  }

  static void writeAcl(JsonGenerator json, List<ACL> acl) throws IOException {
    json.writeArrayFieldStart("acl");
    for (ACL entry : acl) {
      json.writeStartObject();
      json.writeStringField("scheme", entry.getId().getScheme());
      json.writeStringField("id", entry.getId().getId());
      json.writeStringField("permissions", ZKUtil.getPermString(entry.getPerms()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Clients choose the ids in ACLs, and a terminal obeys some characters. */
  static String printable(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
