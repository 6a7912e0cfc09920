package troupe.election;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * @param resendAfter silence after which a server asks again; doubled each time
 * @param resendAfterMax what it is doubled up to
 * @param finalizeWait how long a server that sees a quorum waits for a better vote
 */
public record ElectionSettings(Duration resendAfter, Duration resendAfterMax, Duration finalizeWait) {
  public ElectionSettings {
    if (resendAfter.isZero() || resendAfter.isNegative()) {
      throw new IllegalArgumentException("troupe.election.resend-after has to be longer than nothing");
    }
    if (resendAfterMax.compareTo(resendAfter) < 0) {
      throw new IllegalArgumentException("troupe.election.resend-after-max is shorter than resend-after");
    }
    if (finalizeWait.isNegative()) {
      throw new IllegalArgumentException("troupe.election.finalize-wait is negative");
    }
  }

  /** @param election the block {@code troupe.election} */
  public static ElectionSettings from(Config election) {
    return new ElectionSettings(
        election.getDuration("resend-after"),
        election.getDuration("resend-after-max"),
        election.getDuration("finalize-wait"));
  }
}
