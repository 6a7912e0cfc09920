package troupe.benchmark;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** How long until a new server has acknowledged its first write. */
record StartUpSection(String title) implements Section {
  @Override
  public Map<Figure, Double> measure(Installation installation, Settings settings) throws Exception {
    try (Server server = installation.start(); BareSession session = server.whenServing()) {
      session.create(Znodes.TOP, Znodes.data());
      Duration elapsed = server.sinceStart();
      Map<Figure, Double> figures = new EnumMap<>(Figure.class);
      figures.put(Figure.FIRST_WRITE_MILLIS, (double) elapsed.toMillis());
      figures.put(Figure.CPU_MILLIS, (double) server.cpu().toMillis());
      figures.putAll(server.holdings());
      return figures;
    }
  }
}
