package troupe.benchmark;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server under load. Its heap, memory and disk are read afterwards, when the load's sessions are closed.
 *
 * @param warmUp the load that makes the server warm: busier than the measured one where that one is slow
 */
record LoadSection(String title, Factory warmUp, Factory measured) implements Section {
  /** Makes a load. */
  @FunctionalInterface
  interface Factory {
    /** @param numbers of operations; shared by all loads of one server */
    Load connect(Server server, AtomicLong numbers) throws Exception;
  }

  @Override
  public Map<Figure, Double> measure(Installation installation, Settings settings) throws Exception {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    AtomicLong numbers = new AtomicLong();
    try (Server server = installation.start()) {
      prepare(server);
      try (Load load = warmUp.connect(server, numbers)) {
        load.run(settings.warmUp());
      }
      try (Load load = measured.connect(server, numbers)) {
        Spending before = Spending.soFar(server);
        Work work = load.run(settings.measured());
        Spending spent = Spending.soFar(server).since(before);
        figures.putAll(work.figures(spent, Runtime.getRuntime().availableProcessors()));
      }
      figures.putAll(server.holdings());
      return figures;
    }
  }

  private static void prepare(Server server) throws Exception {
    server.whenServing().close();
    try (Clients clients = Clients.connect(server.address(), 1)) {
      Znodes.prepare(clients.all().getFirst());
    }
  }
}
