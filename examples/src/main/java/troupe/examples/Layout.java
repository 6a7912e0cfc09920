package troupe.examples;

/**
 * The znodes of a master and its workers, as in the ZooKeeper book: who does what is to be seen there, and so everybody can
 * go on where somebody else has stopped.
 *
 * @param root of one run of the example
 */
record Layout(String root) {
  /** The candidates for master. */
  String election() {
    return root + "/master";
  }

  /** The workers that there are: ephemeral. */
  String workers() {
    return root + "/workers";
  }

  /** What is to be done and is not done yet. */
  String tasks() {
    return root + "/tasks";
  }

  String task(String name) {
    return tasks() + "/" + name;
  }

  /** Who does it. */
  String assignments() {
    return root + "/assign";
  }

  String assignments(String worker) {
    return assignments() + "/" + worker;
  }

  String assignment(String worker, String task) {
    return assignments(worker) + "/" + task;
  }

  /** What came of it. */
  String results() {
    return root + "/status";
  }

  String result(String task) {
    return results() + "/" + task;
  }

  /** The last part of a path. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** A path but for its last part. */
  static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }
}
