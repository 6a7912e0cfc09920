package troupe.node;

import com.typesafe.config.Config;
import org.apache.pekko.event.EventStream;
import org.apache.pekko.remote.FailureDetector;
import org.apache.pekko.remote.FailureDetectorWithAddress;

/** A failure detector that takes everybody for lost but one port ({@code trusted-port}); Pekko makes it, by its name. */
public final class Pessimist implements FailureDetector, FailureDetectorWithAddress {
  private final String trusted;
  private volatile String address = "";

  public Pessimist(Config config, EventStream events) {
    trusted = ":" + config.getInt("trusted-port");
  }

  @Override
  public void setAddress(String of) {
    address = of;
  }

  @Override
  public boolean isAvailable() {
    return address.endsWith(trusted);
  }

  @Override
  public boolean isMonitoring() {
    return true;
  }

  @Override
  public void heartbeat() {}
}
