package troupe.shell;

import org.apache.zookeeper.common.PathUtils;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The path of a node as people write it, perhaps with a slash behind it. */
record NodePath(String text) {
  /** Refuses what no node can have. */
  static final class Converter implements ITypeConverter<NodePath> {
    @Override
    public NodePath convert(String text) {
      String path = text.length() > 1 && text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
      try {
        PathUtils.validatePath(path);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "' is no path of a node: " + e.getMessage());
      }
      return new NodePath(path);
    }
  }

  boolean isRoot() {
    return text.equals("/");
  }

  /** The path of a child of a node. */
  static String child(String parent, String name) {
    return parent.equals("/") ? parent + name : parent + "/" + name;
  }

  @Override
  public String toString() {
    return text;
  }
}
