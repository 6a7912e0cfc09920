package troupe.benchmark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is read off a process from outside: the texts of /proc/PID, jcmd and du. */
final class Proc {
  private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");

  private Proc() {}

  /** Resident memory in bytes, from /proc/PID/status. */
  static long residentBytes(String status) {
    return number(Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$"), status) * 1024;
  }

  /** Bytes that the process sent to the disk, or will, from /proc/PID/io. */
  static long writtenBytes(String io) {
    return number(Pattern.compile("(?m)^write_bytes: (\\d+)$"), io);
  }

  /** Bytes of all live objects, from jcmd's GC.class_histogram, which collects first. The same for every collector. */
  static long liveHeapBytes(String histogram) {
    return number(HISTOGRAM_TOTAL, histogram);
  }

  /** Bytes on disk, from {@code du -s -B1}. */
  static long diskBytes(String du) {
    return number(Pattern.compile("^(\\d+)\\s"), du);
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalArgumentException("no " + pattern + " in: " + text);
    }
    return Long.parseLong(matcher.group(1));
  }
}
