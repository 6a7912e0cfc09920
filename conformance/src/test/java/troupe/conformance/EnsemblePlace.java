package troupe.conformance;

import java.util.List;

/**
 * One server's place in an ensemble.
 *
 * @param id its number, 1 to 254
 * @param lines what its configuration has beside that of a server alone: the {@code server.N} lines and limits
 * @param within words before its command that run it at its place of the network; none on this machine's own
 * @param arguments words behind its command
 */
record EnsemblePlace(int id, List<String> lines, List<String> within, List<String> arguments) {
  EnsemblePlace {
    lines = List.copyOf(lines);
    within = List.copyOf(within);
    arguments = List.copyOf(arguments);
  }

  /** Without further arguments. */
  EnsemblePlace(int id, List<String> lines, List<String> within) {
    this(id, lines, within, List.of());
  }
}
