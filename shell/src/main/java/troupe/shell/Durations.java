package troupe.shell;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write them, and milliseconds as ZooKeeper's command line takes them. */
final class Durations implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|)");

  @Override
  public Duration convert(String text) {
    Matcher form = FORM.matcher(text);
    Duration duration = !form.matches() ? Duration.ZERO : switch (form.group(2)) {
      case "s" -> Duration.ofSeconds(Long.parseLong(form.group(1)));
      case "m" -> Duration.ofMinutes(Long.parseLong(form.group(1)));
      default -> Duration.ofMillis(Long.parseLong(form.group(1)));
    };
    if (duration.isZero() || duration.toMillis() > Integer.MAX_VALUE) {
      throw new TypeConversionException("'" + text + "' is no duration such as 30s, 500ms or 2m");
    }
    return duration;
  }

  static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
  }
}
