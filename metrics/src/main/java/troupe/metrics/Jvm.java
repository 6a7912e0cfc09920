package troupe.metrics;

import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;

/** What the JVM and its process have to tell, in the library's names and in those that ZooKeeper's has. */
final class Jvm {
  private Jvm() {}

  /** One by one: all in one go, the library would hold on to the registry for as long as the JVM lives. */
  static void register(Metrics metrics, PrometheusRegistry registry) {
    JvmBufferPoolMetrics.builder().register(registry);
    JvmClassLoadingMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmRuntimeInfoMetric.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    ProcessMetrics.builder().register(registry);
    metrics.add(Jvm::tellOld);
  }

  /** Prometheus' library has changed these names since the version that ZooKeeper has; its dashboards have the old ones. */
  private static void tellOld(Scrape scrape) {
    usage(scrape, "jvm_memory_bytes", "area", "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage());
    usage(scrape, "jvm_memory_bytes", "area", "nonheap", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage());
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      usage(scrape, "jvm_memory_pool_bytes", "pool", pool.getName(), pool.getUsage());
    }
  }

  private static void usage(Scrape scrape, String name, String label, String value, MemoryUsage usage) {
    scrape.gauge(name + "_used", "Bytes that are in use.", usage.getUsed(), label, value);
    scrape.gauge(name + "_committed", "Bytes that the JVM has.", usage.getCommitted(), label, value);
    scrape.gauge(name + "_max", "Bytes that it may have at most; -1: no limit.", usage.getMax(), label, value);
    scrape.gauge(name + "_init", "Bytes that it had at first.", usage.getInit(), label, value);
  }
}
