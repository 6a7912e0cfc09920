package troupe.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import troupe.ensemble.Zxid;
import troupe.tree.Acl;
import troupe.tree.Owner;
import troupe.tree.Paths;
import troupe.tree.Permissions;

/** How values look, to people and to programs. */
final class Texts {
  private static final String HIDDEN = "(hidden)";

  private Texts() {}

  static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }

  static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  /** @throws WrongInput if it is not a zxid as it is printed everywhere, such as 0x100000007 */
  static Zxid zxid(String option, String text) {
    try {
      if (text.startsWith("0x")) {
        return Zxid.of(Long.parseUnsignedLong(text.substring(2), 16));
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new WrongInput(option + " " + printable(text) + ": a zxid is needed, such as 0x100000007");
  }

  /** @throws WrongInput if no node can have this path */
  static String path(String text) {
    if (!Paths.isValid(text)) {
      throw new WrongInput("--path " + printable(text) + ": the path of a node is needed, such as /orders");
    }
    return text;
  }

  /** Whether a path is this one or below it. */
  static boolean isWithin(String path, String top) {
    return top.equals("/") || path.equals(top) || path.startsWith(top) && path.charAt(top.length()) == '/';
  }

  /** Clients choose names and texts, and a terminal obeys some characters. */
  static String printable(String text) {
    return text.codePoints().noneMatch(Character::isISOControl) ? text : quoted(text);
  }

  static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  /** The text that these bytes are, if they are UTF-8 and have nothing in it that no text has. */
  static Optional<String> text(byte[] data) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
      boolean legible = text.codePoints().allMatch(c -> !Character.isISOControl(c) || "\n\r\t".indexOf(c) >= 0);
      return legible ? Optional.of(text) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  static String data(byte[] data) {
    return text(data).map(Texts::quoted).orElseGet(() -> "base64 " + Base64.getEncoder().encodeToString(data));
  }

  static void writeData(JsonGenerator json, byte[] data) throws IOException {
    Optional<String> text = text(data);
    json.writeObjectFieldStart("data");
    json.writeStringField("as", text.isPresent() ? "text" : "base64");
    json.writeStringField("value", text.orElseGet(() -> Base64.getEncoder().encodeToString(data)));
    json.writeEndObject();
  }

  /** In the order of ZooKeeper's command line. */
  static String permissions(int bits) {
    StringBuilder letters = new StringBuilder();
    append(letters, bits, Permissions.CREATE, 'c');
    append(letters, bits, Permissions.DELETE, 'd');
    append(letters, bits, Permissions.READ, 'r');
    append(letters, bits, Permissions.WRITE, 'w');
    append(letters, bits, Permissions.ADMIN, 'a');
    return letters.toString();
  }

  private static void append(StringBuilder letters, int bits, int bit, char letter) {
    if ((bits & bit) != 0) {
      letters.append(letter);
    }
  }

  /** @param secrets whether to show the hash of a password, from which a weak one can be found */
  static String acl(Acl acl, boolean secrets) {
    return acl.entries().stream()
        .map(entry -> printable(entry.who().scheme()) + ":" + printable(who(entry, secrets)) + ":"
            + permissions(entry.permissions()))
        .collect(Collectors.joining(","));
  }

  static void writeAcl(JsonGenerator json, Acl acl, boolean secrets) throws IOException {
    json.writeArrayFieldStart("acl");
    for (Acl.Entry entry : acl.entries()) {
      json.writeStartObject();
      json.writeStringField("permissions", permissions(entry.permissions()));
      json.writeStringField("scheme", entry.who().scheme());
      json.writeStringField("id", who(entry, secrets));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static String who(Acl.Entry entry, boolean secrets) {
    String id = entry.who().id();
    int colon = id.indexOf(':');
    return secrets || !entry.who().scheme().equals("digest") || colon < 0 ? id : id.substring(0, colon + 1) + HIDDEN;
  }

  /** What kind of node this is, empty for a plain one. */
  static String kind(long owner) {
    if (Owner.isSession(owner)) {
      return "ephemeral of " + hex(owner);
    }
    if (owner == Owner.CONTAINER) {
      return "container";
    }
    return Owner.isTtl(owner) ? "lives for " + Owner.ttl(owner) + " ms" : "";
  }

  static void writeKind(JsonGenerator json, long owner) throws IOException {
    if (Owner.isSession(owner)) {
      json.writeStringField("kind", "ephemeral");
      json.writeStringField("ephemeralOwner", hex(owner));
    } else if (owner == Owner.CONTAINER) {
      json.writeStringField("kind", "container");
    } else if (Owner.isTtl(owner)) {
      json.writeStringField("kind", "ttl");
      json.writeNumberField("ttlMillis", Owner.ttl(owner));
    } else {
      json.writeStringField("kind", "plain");
    }
  }

  /** In the two largest units, such as {@code 2d 5h}. */
  static String duration(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m " + seconds % 60 + "s";
    }
    if (seconds < 86_400) {
      return seconds / 3600 + "h " + seconds % 3600 / 60 + "m";
    }
    return seconds / 86_400 + "d " + seconds % 86_400 / 3600 + "h";
  }

  /** @throws WrongInput if it is not a whole number from 1 on */
  static OptionalLong positive(String option, Optional<Long> number) {
    if (number.isPresent() && number.get() < 1) {
      throw new WrongInput(option + " " + number.get() + ": a number from 1 on is needed");
    }
    return number.map(OptionalLong::of).orElseGet(OptionalLong::empty);
  }
}
