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

  /** Its name for people: a digest's user without the hash of the password. */
  public String user() {
    int colon = id.indexOf(':');
    return scheme.equals("digest") && colon >= 0 ? id.substring(0, colon) : id;
  }
}
