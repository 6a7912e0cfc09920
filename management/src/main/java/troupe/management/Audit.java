package troupe.management;

import java.net.InetAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line in the log for everything that an operator does, or was not allowed to. */
final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger("troupe.audit");

  private Audit() {}

  /**
   * @param operation such as {@code hand-over}
   * @param subject what it is about; empty: the whole node
   * @param result {@code success}, or why not
   */
  static void line(
      Optional<String> user, Optional<InetAddress> from, String operation, String subject, String result) {
    LOG.info("user={} ip={} operation={}{} result={}",
        user.orElse("-"), from.map(InetAddress::getHostAddress).orElse("-"), operation,
        subject.isEmpty() ? "" : " subject=" + clean(subject), clean(result));
  }

  /** What a client sent must not look like a line of its own. */
  private static String clean(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
