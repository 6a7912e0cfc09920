package troupe.links;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;

/**
 * @param bindHost the address to listen on, if it is another than this server's own host
 * @param reconnectAfter how long after a failure a connection is tried again; doubled each time
 * @param reconnectAfterMax what it is doubled up to
 */
public record LinkSettings(Optional<String> bindHost, Duration reconnectAfter, Duration reconnectAfterMax) {
  public LinkSettings {
    if (reconnectAfter.isZero() || reconnectAfter.isNegative()) {
      throw new IllegalArgumentException("troupe.cluster.reconnect-after has to be longer than nothing");
    }
    if (reconnectAfterMax.compareTo(reconnectAfter) < 0) {
      throw new IllegalArgumentException("troupe.cluster.reconnect-after-max is shorter than reconnect-after");
    }
  }

  /** @param cluster the block {@code troupe.cluster} */
  public static LinkSettings from(Config cluster) {
    return new LinkSettings(
        Optional.of(cluster.getString("bind-host")).filter(host -> !host.isEmpty()),
        cluster.getDuration("reconnect-after"),
        cluster.getDuration("reconnect-after-max"));
  }
}
