package troupe.tree;

/**
 * Who somebody is, under one scheme: as proved by a connection, or as named in an ACL.
 *
 * @param scheme such as {@code world}, {@code digest}, {@code ip}, {@code super}
 * @param id such as {@code anyone}, {@code user:base64 of a hash}, {@code 10.0.0.0/8}
 */
public record Identity(String scheme, String id) {
  /** Everybody. */
  public static final Identity ANYONE = new Identity("world", "anyone");
}
