package troupe.client;

import java.util.Optional;

/** Whether a path can be that of a znode. Source: ZooKeeper's PathUtils. */
final class Paths {
  private Paths() {}

  /**
   * What is wrong with it, if anything is.
   *
   * @param sequential a number is going to be appended
   */
  static Optional<String> wrong(String path, boolean sequential) {
    if (path == null || !path.startsWith("/")) {
      return Optional.of("the path '" + path + "' has to begin with /");
    }
    if (path.length() > 1 && path.endsWith("/") && !sequential) {
      return Optional.of("the path '" + path + "' must not end with /");
    }
    if (path.chars().anyMatch(each -> each == 0)) {
      return Optional.of("a path must not have a character 0");
    }
    for (String part : path.length() == 1 ? new String[0] : path.substring(1).split("/", -1)) {
      boolean last = sequential && path.endsWith("/" + part);
      if (part.isEmpty() && !last || part.equals(".") || part.equals("..")) {
        return Optional.of("the path '" + path + "' must not have a part that is empty, . or ..");
      }
    }
    return Optional.empty();
  }
}
