package troupe.benchmark;

import java.util.List;

/**
 * One server's place in an ensemble.
 *
 * @param id its number, from 1
 * @param clientPort where it listens, the same whenever it starts
 * @param lines the {@code server.N} lines of the configuration, the same for all servers
 */
record Member(int id, int clientPort, List<String> lines) {
  Member {
    lines = List.copyOf(lines);
  }
}
