package troupe.tree;

/** The bits of an ACL entry. */
public final class Permissions {
  public static final int READ = 1;
  public static final int WRITE = 2;
  public static final int CREATE = 4;
  public static final int DELETE = 8;
  public static final int ADMIN = 16;
  public static final int ALL = READ | WRITE | CREATE | DELETE | ADMIN;

  private static final String LETTERS = "rwcda"; // bit by bit

  private Permissions() {}

  /** As ZooKeeper's command line writes them, such as {@code cdrwa}. */
  public static String letters(int permissions) {
    StringBuilder letters = new StringBuilder();
    for (char letter : "cdrwa".toCharArray()) {
      if ((permissions >> LETTERS.indexOf(letter) & 1) == 1) {
        letters.append(letter);
      }
    }
    return letters.toString();
  }
}
