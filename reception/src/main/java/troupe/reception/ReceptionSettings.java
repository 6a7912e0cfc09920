package troupe.reception;

import com.typesafe.config.Config;

/**
 * The limits of the client port, which hold for actor-based clients too.
 *
 * @param maxRequestBytes of one request
 * @param maxOutstandingPerConnection requests of one connection without an answer
 * @param maxOutstanding writes of all connections without an answer
 * @param unreadHighWater bytes of answers that a client has not said to have, after which its requests have to wait
 * @param unreadLimit the same, after which its connection ends
 * @param superDigest who is the super user, as {@code super:<hash>}; empty: nobody
 */
public record ReceptionSettings(
    int maxRequestBytes,
    int maxOutstandingPerConnection,
    int maxOutstanding,
    long unreadHighWater,
    long unreadLimit,
    String superDigest) {

  /** @param troupe the block {@code troupe}, checked by those to whom the client port belongs */
  public static ReceptionSettings from(Config troupe) {
    Config client = troupe.getConfig("client");
    return new ReceptionSettings(
        (int) Math.min(Integer.MAX_VALUE, client.getBytes("max-frame-size")),
        client.getInt("max-outstanding-per-connection"),
        client.getInt("max-outstanding"),
        client.getBytes("unread-high-water"),
        client.getBytes("unread-limit"),
        troupe.getString("tree.super-digest"));
  }
}
