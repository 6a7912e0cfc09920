package troupe.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import troupe.tree.Acl;
import troupe.tree.DataTree;
import troupe.tree.Permissions;
import troupe.tree.Stat;
import troupe.tree.Znode;

/** {@code /troupe/tree} and {@code /troupe/search}: what an operator sees of the tree, whatever the ACLs say. */
record TreeView(
    String path,
    StatView stat,
    List<AclView> acl,
    int watchers,
    Optional<DataView> data,
    List<ChildView> children,
    Optional<String> next,
    int total) {

  record StatView(
      String czxid,
      String mzxid,
      String pzxid,
      Instant ctime,
      Instant mtime,
      int version,
      int cversion,
      int aversion,
      Optional<String> ephemeralOwner,
      int dataLength,
      int numChildren) {}

  /** @param id without the hash, where there is one */
  record AclView(String permissions, String scheme, String id) {}

  /**
   * @param as the form that it is shown in, which may not be the one asked for
   * @param truncated whether there is more than is shown
   */
  record DataView(String as, Object value, boolean truncated) {}

  record ChildView(String name, int dataLength, int numChildren, Optional<String> ephemeralOwner) {}

  record SearchView(List<String> paths, Optional<String> next) {}

  /** How the data of a znode is shown. */
  enum Form {
    TEXT,
    JSON,
    HEX;

    /** @throws Refusal if there is no such form */
    static Form named(String name) {
      return switch (name) {
        case "text" -> TEXT;
        case "json" -> JSON;
        case "hex" -> HEX;
        default -> throw new Refusal(400, "as is text, json or hex, not " + name);
      };
    }
  }

  private static final int SHOWN = 64 << 10; // bytes
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** @throws Refusal if there is no such node */
  static TreeView of(DataTree tree, String path, Form as, Page page, int watchers) {
    Znode node = tree.find(path)
        .orElseThrow(() -> new Refusal(404, "there is no znode " + path + " at " + Json.hex(tree.lastZxidNumber())));
    List<String> names = new ArrayList<>(node.childNames());
    names.sort(null);
    Page.Part<String> part = page.of(names, name -> name);
    return new TreeView(
        path,
        of(node.stat()),
        node.acl().entries().stream().map(TreeView::of).toList(),
        watchers,
        node.data() == Znode.NO_DATA ? Optional.empty() : Optional.of(data(node.data(), as)),
        part.items().stream().map(name -> child(name, node.child(name).orElseThrow())).toList(),
        part.next(),
        names.size());
  }

  private static StatView of(Stat stat) {
    return new StatView(
        Json.hex(stat.czxid()),
        Json.hex(stat.mzxid()),
        Json.hex(stat.pzxid()),
        Instant.ofEpochMilli(stat.ctime()),
        Instant.ofEpochMilli(stat.mtime()),
        stat.version(),
        stat.cversion(),
        stat.aversion(),
        owner(stat),
        stat.dataLength(),
        stat.numChildren());
  }

  private static Optional<String> owner(Stat stat) {
    return stat.ephemeralOwner() == 0 ? Optional.empty() : Optional.of(Json.hex(stat.ephemeralOwner()));
  }

  private static AclView of(Acl.Entry entry) {
    return new AclView(Permissions.letters(entry.permissions()), entry.who().scheme(), entry.who().user());
  }

  private static ChildView child(String name, Znode child) {
    Stat stat = child.stat();
    return new ChildView(name, stat.dataLength(), stat.numChildren(), owner(stat));
  }

  /** Text that is no UTF-8 and JSON that is none are shown as hex and as text: nothing is made up. */
  private static DataView data(byte[] all, Form as) {
    boolean truncated = all.length > SHOWN;
    byte[] shown = truncated ? Arrays.copyOf(all, SHOWN) : all;
    return switch (as) {
      case JSON -> truncated ? data(all, Form.TEXT) : json(shown);
      case TEXT -> text(shown, truncated);
      case HEX -> new DataView("hex", HexFormat.of().formatHex(shown), truncated);
    };
  }

  private static DataView json(byte[] data) {
    try {
      JsonNode value = MAPPER.readTree(data);
      return value == null || value.isMissingNode() ? text(data, false) : new DataView("json", value, false);
    } catch (IOException notJson) {
      return text(data, false);
    }
  }

  private static DataView text(byte[] data, boolean truncated) {
    try {
      String text = truncated
          ? new String(data, StandardCharsets.UTF_8) // it may have been cut within a character
          : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
      return new DataView("text", text, truncated);
    } catch (CharacterCodingException notText) {
      return new DataView("hex", HexFormat.of().formatHex(data), truncated);
    }
  }

  /**
   * Paths that contain this text: the nearest to the root first, and of the same level in the order of their names. So a
   * page goes on behind a path that somebody has deleted meanwhile as well.
   */
  static SearchView search(DataTree tree, String text, Page page) {
    Optional<String[]> after = page.after().map(TreeView::names);
    List<String> found = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>(List.of("/"));
    while (!open.isEmpty()) {
      String path = open.poll();
      if (path.contains(text) && after.stream().allMatch(last -> compare(names(path), last) > 0)) {
        if (found.size() == page.limit()) {
          return new SearchView(found, Optional.of(found.getLast()));
        }
        found.add(path);
      }
      String prefix = path.equals("/") ? path : path + "/";
      tree.find(path).ifPresent(node -> node.childNames().stream().sorted().forEach(name -> open.add(prefix + name)));
    }
    return new SearchView(found, Optional.empty());
  }

  private static String[] names(String path) {
    return path.equals("/") ? new String[0] : path.substring(1).split("/", -1);
  }

  private static int compare(String[] one, String[] other) {
    return one.length != other.length ? Integer.compare(one.length, other.length) : Arrays.compare(one, other);
  }
}
