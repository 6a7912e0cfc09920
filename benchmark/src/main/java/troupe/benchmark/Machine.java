package troupe.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where the figures come from.
 *
 * @param loadAverage of the minute before the benchmark started; other work makes figures worse
 * @param fileSystem that of the servers' data; a sync to tmpfs costs nothing
 */
record Machine(
    int processors, long memoryGib, String system, String jdk, String fileSystem, double loadAverage) {
  private static final long GIB = 1L << 30;

  static Machine here(Path data) throws IOException {
    OperatingSystemMXBean bean = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        bean.getAvailableProcessors(),
        bean.getTotalMemorySize() / GIB,
        bean.getName() + " " + bean.getVersion() + " " + bean.getArch(),
        Runtime.version().toString(),
        Files.getFileStore(data).type(),
        bean.getSystemLoadAverage());
  }

  String describe() {
    return String.format(Locale.ROOT, "%s, %d processors, %d GiB, load average %.1f; client on JDK %s; data on %s",
        system, processors, memoryGib, loadAverage, jdk, fileSystem);
  }
}
