package troupe.benchmark;

import java.util.Map;

/** One table of the report: measured on a server of its own, that starts with no data and is killed afterwards. */
sealed interface Section permits LoadSection, StartUpSection, RecoverySection, FailoverSection {
  String title();

  /** @throws Exception if anything at all goes wrong: half a section is no result */
  Map<Figure, Double> measure(Installation installation, Settings settings) throws Exception;
}
