package troupe.gateway;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import troupe.tree.Acl;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Znode;

/**
 * The primitives of ZooKeeper's wire format. Numbers are big endian; strings, buffers and vectors have their length in
 * front, -1 for none.
 */
final class Jute {
  /** A request's bytes are not what they have to be. */
  static class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String what) {
      super(what, null, false, false);
    }
  }

  private static final int NONE = -1;

  private Jute() {}

  static Optional<String> readOptionalString(ByteBuf in) throws Malformed {
    int length = in.readInt();
    if (length == NONE) {
      return Optional.empty();
    }
    requireReadable(in, length);
    return Optional.of(in.readCharSequence(length, StandardCharsets.UTF_8).toString());
  }

  /** @throws Malformed for none, too: no request makes sense without this string */
  static String readString(ByteBuf in) throws Malformed {
    int length = in.readInt();
    requireReadable(in, length);
    return in.readCharSequence(length, StandardCharsets.UTF_8).toString();
  }

  /** Looks ahead: whether the string that comes next is there. */
  static boolean isStringNext(ByteBuf in) {
    return in.getInt(in.readerIndex()) != NONE;
  }

  /** {@link Znode#NO_DATA} for none. */
  static byte[] readData(ByteBuf in) throws Malformed {
    int length = in.readInt();
    if (length == NONE) {
      return Znode.NO_DATA;
    }
    requireReadable(in, length);
    byte[] data = new byte[length];
    in.readBytes(data);
    return data;
  }

  static Optional<List<Optional<String>>> readStrings(ByteBuf in) throws Malformed {
    int count = in.readInt();
    if (count == NONE) {
      return Optional.empty();
    }
    requireReadable(in, count); // each has at least its length, so more than bytes there cannot be
    List<Optional<String>> strings = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      strings.add(readOptionalString(in));
    }
    return Optional.of(strings);
  }

  /** None is as invalid as an empty one, though not always in the same way. */
  static Optional<List<Acl.Entry>> readAcl(ByteBuf in) throws Malformed {
    int count = in.readInt();
    if (count == NONE) {
      return Optional.empty();
    }
    requireReadable(in, count);
    List<Acl.Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int permissions = in.readInt();
      // A scheme that is not there is no scheme that anybody knows.
      String scheme = readOptionalString(in).orElse("");
      entries.add(new Acl.Entry(permissions, new Identity(scheme, readOptionalString(in).orElse(Operation.MISSING))));
    }
    return Optional.of(entries);
  }

  static void writeString(ByteBuf out, String string) {
    int lengthAt = out.writerIndex();
    out.writeInt(0);
    out.setInt(lengthAt, out.writeCharSequence(string, StandardCharsets.UTF_8));
  }

  static void writeOptionalString(ByteBuf out, Optional<String> string) {
    string.ifPresentOrElse(present -> writeString(out, present), () -> out.writeInt(NONE));
  }

  static void writeData(ByteBuf out, byte[] data) {
    if (data == Znode.NO_DATA) {
      out.writeInt(NONE);
    } else {
      out.writeInt(data.length);
      out.writeBytes(data);
    }
  }

  static <T> void writeStrings(ByteBuf out, List<T> list, Function<T, String> string) {
    out.writeInt(list.size());
    for (T each : list) {
      writeString(out, string.apply(each));
    }
  }

  private static void requireReadable(ByteBuf in, int length) throws Malformed {
    if (length < 0 || length > in.readableBytes()) {
      throw new Malformed("a length of " + length + " with " + in.readableBytes() + " bytes left");
    }
  }
}
