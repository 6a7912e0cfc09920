package troupe.benchmark;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server under load, or an ensemble. Heap, memory and disk are read afterwards, when the load's sessions are closed.
 *
 * @param servers how many there are; one stands alone
 * @param warmUp the load that makes the server warm: busier than the measured one where that one is slow, which then
 *     comes too
 */
record LoadSection(String title, int servers, Factory warmUp, Factory measured) implements Section {
  /** Makes a load. */
  @FunctionalInterface
  interface Factory {
    /** @param numbers of operations; shared by all loads of one server */
    Load connect(Service service, AtomicLong numbers) throws Exception;
  }

  @Override
  public Map<Figure, Double> measure(Installation installation, Settings settings) throws Exception {
    if (servers > 1) {
      try (Ensemble ensemble = Ensemble.start(installation, servers)) {
        return measure(ensemble, settings);
      }
    }
    try (Server server = installation.start()) {
      server.whenServing().close();
      return measure(server, settings);
    }
  }

  private Map<Figure, Double> measure(Service service, Settings settings) throws Exception {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    AtomicLong numbers = new AtomicLong();
    try (Clients clients = Clients.connect(service, 1)) {
      Znodes.prepare(clients.all().getFirst());
    }
    warmUp(warmUp, service, numbers, settings);
    if (measured != warmUp) {
      warmUp(measured, service, numbers, settings); // what the compiler made for many at a time is not the best for one
    }
    try (Load load = measured.connect(service, numbers)) {
      Spending before = Spending.soFar(service);
      Work work = load.run(settings.measured());
      Spending spent = Spending.soFar(service).since(before);
      figures.putAll(work.figures(spent, Runtime.getRuntime().availableProcessors()));
    }
    figures.putAll(service.holdings());
    return figures;
  }

  private static void warmUp(Factory form, Service service, AtomicLong numbers, Settings settings) throws Exception {
    try (Load load = form.connect(service, numbers)) {
      load.run(settings.warmUp());
    }
  }
}
