package troupe.client;

import java.util.List;

/**
 * One line of a znode's ACL.
 *
 * @param permissions bits of this class
 * @param scheme such as {@code world}, {@code digest}, {@code auth}
 * @param id whom it is about, in the form of its scheme
 */
public record Acl(int permissions, String scheme, String id) {
  public static final int READ = 1;
  public static final int WRITE = 2;
  public static final int CREATE = 4;
  public static final int DELETE = 8;
  public static final int ADMIN = 16;
  public static final int ALL = READ | WRITE | CREATE | DELETE | ADMIN;

  /** Anyone may do everything. */
  public static final List<Acl> OPEN = List.of(new Acl(ALL, "world", "anyone"));

  /** Anyone may read. */
  public static final List<Acl> READ_ONLY = List.of(new Acl(READ, "world", "anyone"));

  /** Whoever the session has proved to be by {@link Operation.AddAuth} may do everything. */
  public static final List<Acl> CREATOR_ALL = List.of(new Acl(ALL, "auth", ""));
}
