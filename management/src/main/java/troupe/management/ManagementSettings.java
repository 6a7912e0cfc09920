package troupe.management;

import com.typesafe.config.Config;

/**
 * @param enabled whether there is to be one
 * @param host address to listen on
 * @param port 0 for any free one
 */
public record ManagementSettings(boolean enabled, String host, int port) {
  public ManagementSettings {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("troupe.management.port is " + port + ", it has to be 0 to 65535");
    }
  }

  /** @param management the block {@code troupe.management} */
  public static ManagementSettings from(Config management) {
    return new ManagementSettings(
        management.getBoolean("enabled"), management.getString("host"), management.getInt("port"));
  }
}
