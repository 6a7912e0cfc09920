package troupe.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What a large tree takes in memory and on disk, and how long a killed server needs to serve it again. */
record RecoverySection(String title) implements Section {
  private static final Duration FILL_PATIENCE = Duration.ofMinutes(10);
  private static final String AFTER_RECOVERY = "/recovered";

  @Override
  public Map<Figure, Double> measure(Installation installation, Settings settings) throws Exception {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    try (Server server = installation.start()) {
      figures.putAll(fill(server, settings));
    }
    try (Server server = installation.start(); BareSession session = server.whenServing()) {
      session.getData(Znodes.child(settings.znodes() - 1));
      session.create(AFTER_RECOVERY, Znodes.data());
      Duration elapsed = server.sinceStart();
      figures.put(Figure.RECOVERED_MILLIS, (double) elapsed.toMillis());
      figures.put(Figure.CPU_MILLIS, (double) server.cpu().toMillis());
      requireAll(server, settings.znodes());
    }
    return figures;
  }

  private static Map<Figure, Double> fill(Server server, Settings settings) throws Exception {
    server.whenServing().close();
    try (Clients clients = Clients.connect(server, 1)) {
      Znodes.prepare(clients.all().getFirst());
    }
    long emptyHeap = server.liveHeapBytes();
    long emptyDisk = server.diskBytes();
    try (Load load = RequestLoad.connect(
        server, settings.clients(), settings.window(), Operation.CREATE, new AtomicLong(), settings.znodes())) {
      load.run(FILL_PATIENCE);
    }
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.DISK_BYTES_PER_ZNODE, (double) (server.diskBytes() - emptyDisk) / settings.znodes());
    figures.put(Figure.HEAP_BYTES_PER_ZNODE, (double) (server.liveHeapBytes() - emptyHeap) / settings.znodes());
    figures.putAll(server.holdings());
    return figures;
  }

  /** A fast recovery that forgot something is none. */
  private static void requireAll(Server server, int znodes) throws Exception {
    try (Clients clients = Clients.connect(server, 1)) {
      long recovered = Znodes.countChildren(clients.all().getFirst());
      if (recovered != znodes) {
        throw new IOException(recovered + " znodes of " + znodes + " were recovered");
      }
    }
  }
}
