package troupe.management;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * @param enabled whether there is to be one
 * @param host address to listen on
 * @param port 0 for any free one
 * @param openReading whether whoever reaches the port may read
 * @param accounts who may do what
 * @param tls none: plain HTTP
 * @param slowThreshold requests that take longer are kept for {@code /troupe/slow}
 */
public record ManagementSettings(
    boolean enabled,
    String host,
    int port,
    boolean openReading,
    List<Account> accounts,
    Optional<Tls> tls,
    Duration slowThreshold) {

  /** What may be allowed to somebody. */
  enum Right {
    READ,
    ACT
  }

  /**
   * Somebody who may do something.
   *
   * @param bearer whether the credential is a token, sent as a bearer's, rather than a password
   */
  record Account(String user, Credential credential, boolean bearer, Set<Right> rights) {
    Account {
      rights = Set.copyOf(rights);
    }
  }

  /** The server's certificate and its key. */
  record Tls(Path keyStore, String password) {}

  public ManagementSettings {
    accounts = List.copyOf(accounts);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("troupe.management.port is " + port + ", it has to be 0 to 65535");
    }
  }

  /**
   * @param management the block {@code troupe.management}
   * @throws IllegalArgumentException naming the key, for values that make no sense; never with a secret in it
   */
  public static ManagementSettings from(Config management) {
    String keyStore = management.getString("tls.key-store");
    return new ManagementSettings(
        management.getBoolean("enabled"),
        management.getString("host"),
        management.getInt("port"),
        management.getBoolean("open-reading"),
        management.getConfigList("credentials").stream().map(ManagementSettings::account).toList(),
        keyStore.isEmpty()
            ? Optional.empty()
            : Optional.of(new Tls(Path.of(keyStore), management.getString("tls.key-store-password"))),
        management.getDuration("slow-threshold"));
  }

  private static Account account(Config entry) {
    try {
      String user = entry.getString("user");
      boolean bearer = entry.hasPath("token");
      if (bearer == entry.hasPath("password")) {
        throw new IllegalArgumentException("user " + user + " needs either a password or a token");
      }
      Credential credential = bearer
          ? Credential.parseToken(entry.getString("token"))
          : Credential.parsePassword(entry.getString("password"));
      Set<Right> rights = new HashSet<>();
      for (String right : entry.getStringList("rights")) {
        rights.add(switch (right) {
          case "read" -> Right.READ;
          case "act" -> Right.ACT;
          default -> throw new IllegalArgumentException("user " + user + ": a right is read or act, not " + right);
        });
      }
      return new Account(user, credential, bearer, rights);
    } catch (ConfigException | IllegalArgumentException e) {
      throw new IllegalArgumentException("troupe.management.credentials: " + e.getMessage()
          + ". An entry looks like {user = ops, password = \"...\", rights = [read, act]};"
          + " 'bin/troupe credential' makes one");
    }
  }

  /** Whether only this machine reaches the port. */
  boolean isLocal() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
