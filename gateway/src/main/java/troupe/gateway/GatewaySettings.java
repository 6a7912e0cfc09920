package troupe.gateway;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Set;

/**
 * @param host address to listen on
 * @param port 0 for any free one
 * @param maxConnectionsPerAddress 0 for no limit
 * @param maxFrameSize bytes of the largest request
 * @param handshakeTimeout until a connection has to have said who it is
 * @param leaderWait how long a handshake waits while this server does not serve
 * @param maxOutstandingPerConnection requests of one connection without an answer
 * @param maxOutstanding writes of all connections without an answer
 * @param unreadHighWater bytes of answers after which a connection's requests have to wait
 * @param unreadLimit bytes of answers after which a connection is closed
 * @param eventLoops threads, 0 for one for each processor
 * @param fourLetterWords those that are answered
 * @param audit whether what clients change leaves a line in the log
 * @param superDigest who is the super user, as {@code super:<hash>}; empty: nobody
 */
public record GatewaySettings(
    String host,
    int port,
    int maxConnectionsPerAddress,
    int maxFrameSize,
    Duration handshakeTimeout,
    Duration leaderWait,
    int maxOutstandingPerConnection,
    int maxOutstanding,
    int unreadHighWater,
    long unreadLimit,
    int eventLoops,
    Set<String> fourLetterWords,
    boolean audit,
    String superDigest) {

  public GatewaySettings {
    fourLetterWords = Set.copyOf(fourLetterWords);
    require(port >= 0 && port <= 65535, "port", port, "0 to 65535");
    require(maxConnectionsPerAddress >= 0, "max-connections-per-address", maxConnectionsPerAddress, "0 or more");
    require(maxFrameSize > 0, "max-frame-size", maxFrameSize, "1 or more");
    require(maxOutstandingPerConnection > 0, "max-outstanding-per-connection", maxOutstandingPerConnection, "1 or more");
    require(maxOutstanding > 0, "max-outstanding", maxOutstanding, "1 or more");
    require(unreadHighWater > 0, "unread-high-water", unreadHighWater, "1 or more");
    require(unreadLimit >= unreadHighWater, "unread-limit", unreadLimit, "unread-high-water or more");
    require(eventLoops >= 0, "event-loops", eventLoops, "0 or more");
  }

  private static void require(boolean holds, String key, long value, String range) {
    if (!holds) {
      throw new IllegalArgumentException("troupe.client." + key + " is " + value + ", it has to be " + range);
    }
  }

  /** @param troupe the block {@code troupe} */
  public static GatewaySettings from(Config troupe) {
    Config client = troupe.getConfig("client");
    return new GatewaySettings(
        client.getString("host"),
        client.getInt("port"),
        client.getInt("max-connections-per-address"),
        (int) Math.min(Integer.MAX_VALUE, client.getBytes("max-frame-size")),
        client.getDuration("handshake-timeout"),
        client.getDuration("leader-wait"),
        client.getInt("max-outstanding-per-connection"),
        client.getInt("max-outstanding"),
        (int) Math.min(Integer.MAX_VALUE, client.getBytes("unread-high-water")),
        client.getBytes("unread-limit"),
        client.getInt("event-loops"),
        Set.copyOf(client.getStringList("four-letter-words")),
        client.getBoolean("audit"),
        troupe.getString("tree.super-digest"));
  }

  /** Scripts depend on {@code srvr}, and as in ZooKeeper it is never left out. */
  boolean answers(String word) {
    return word.equals("srvr") || fourLetterWords.contains("*") || fourLetterWords.contains(word);
  }
}
