package troupe.client;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a session behaves.
 *
 * @param timeout of silence that ends it; the servers move it into their range
 * @param connectTimeout how long a new session looks for a server before it gives up
 * @param servers {@code host:port} of servers whose cluster to join; empty: the actor system has joined, or will
 * @param resumes a session to continue rather than to open a new one
 */
public record SessionSettings(
    Duration timeout, Duration connectTimeout, List<String> servers, Optional<SessionId> resumes) {

  public SessionSettings {
    servers = List.copyOf(servers);
    if (timeout.toMillis() < 1 || timeout.toMillis() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "troupe-client.session-timeout is " + timeout + ", it has to be at least 1 ms and at most 24 days");
    }
    if (connectTimeout.isNegative() || connectTimeout.isZero()) {
      throw new IllegalArgumentException(
          "troupe-client.connect-timeout is " + connectTimeout + ", it has to be more than nothing");
    }
  }

  /**
   * Of a block like {@code troupe-client} in this library's {@code reference.conf}.
   *
   * @throws IllegalArgumentException naming the key, for values that make no sense
   */
  public static SessionSettings from(Config client) {
    return new SessionSettings(
        client.getDuration("session-timeout"),
        client.getDuration("connect-timeout"),
        client.getStringList("servers"),
        Optional.empty());
  }

  public SessionSettings withTimeout(Duration other) {
    return new SessionSettings(other, connectTimeout, servers, resumes);
  }

  public SessionSettings withConnectTimeout(Duration other) {
    return new SessionSettings(timeout, other, servers, resumes);
  }

  /** Continues a session whose former owner is gone; a password that is not its own is {@code FOREIGN_SESSION}. */
  public SessionSettings resuming(SessionId session) {
    return new SessionSettings(timeout, connectTimeout, servers, Optional.of(session));
  }
}
