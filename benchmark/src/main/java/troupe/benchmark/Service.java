package troupe.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** What clients use, seen from outside: one server, or several that are one service. */
sealed interface Service permits Server, Ensemble {
  /** Where a client connects; the clients of an ensemble, counted from 0, are spread over its servers. */
  String address(int client);

  /** User and system time of all its processes so far. */
  Duration cpu();

  /** What all of them sent to the disk so far. */
  long writtenBytes() throws IOException;

  /** What all of them hold now. */
  Map<Figure, Double> holdings() throws IOException, InterruptedException;
}
