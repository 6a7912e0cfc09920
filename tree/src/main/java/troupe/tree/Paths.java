package troupe.tree;

/** The rules of znode paths. Source: ZooKeeper's PathUtils. */
public final class Paths {
  /**
   * How deep a node may lie, the root being 0. ZooKeeper has no limit, and cannot write a snapshot of a tree that is too
   * deep for its stack; nor could this server.
   */
  static final int DEEPEST = 500;

  private Paths() {}

  /** Whether a znode may have this path. */
  public static boolean isValid(String path) {
    int length = path.length();
    if (length == 0 || path.charAt(0) != '/') {
      return false;
    }
    if (length == 1) {
      return true;
    }
    int nameStart = 1;
    for (int i = 1; i <= length; i++) {
      if (i == length || path.charAt(i) == '/') {
        if (i == nameStart || isDots(path, nameStart, i)) {
          return false; // "//", a trailing "/", "." or ".."
        }
        nameStart = i + 1;
      } else if (isForbidden(path.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The parent of a path with a slash in it: {@code ""}, another name of the root, for {@code "/a"}. */
  static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  static boolean isTooDeep(String path) {
    boolean isLongEnough = path.length() > 2 * DEEPEST; // each level has at least two characters
    return isLongEnough && path.chars().filter(c -> c == '/').count() > DEEPEST;
  }

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static boolean isDots(String path, int from, int to) {
    return path.charAt(from) == '.' && (to == from + 1 || to == from + 2 && path.charAt(from + 1) == '.');
  }

  private static boolean isForbidden(char c) {
    return c <= '\u001f'
        || c >= '\u007f' && c <= '\u009f'
        || c >= '\ud800' && c <= '\uf8ff'
        || c >= '\ufff0';
  }
}
