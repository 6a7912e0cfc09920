package troupe.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is read off a process from outside: the texts of /proc/PID, jcmd and du. */
final class Proc {
  private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");
  private static final Pattern MACHINE_TIMES = Pattern.compile("^cpu +(?<user>\\d+) (?<nice>\\d+) (?<system>\\d+)"
      + " (?<idle>\\d+) (?<iowait>\\d+) (?<irq>\\d+) (?<softirq>\\d+) (?<steal>\\d+)");
  private static final List<String> BUSY = List.of("user", "nice", "system", "irq", "softirq", "steal");
  private static final int TICKS_PER_SECOND = 100; // of every Linux kernel, towards its users

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

  /** Bytes on disk, from {@code du -s -B1}, whatever else it has to say. */
  static long diskBytes(String du) {
    return number(Pattern.compile("(?m)^(\\d+)\\s"), du);
  }

  /** Processor time of the whole machine that was not idle, from /proc/stat. */
  static Duration busy(String stat) {
    Matcher matcher = MACHINE_TIMES.matcher(stat);
    if (!matcher.find()) {
      throw new IllegalArgumentException("no " + MACHINE_TIMES + " in: " + stat);
    }
    long ticks = BUSY.stream().mapToLong(state -> Long.parseLong(matcher.group(state))).sum();
    return Duration.ofSeconds(ticks).dividedBy(TICKS_PER_SECOND);
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalArgumentException("no " + pattern + " in: " + text);
    }
    return Long.parseLong(matcher.group(1));
  }
}
