package troupe.conformance;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/** The reference and the subject side by side, for tests that must hold for both. */
record RawServers(DifferentialServer reference, DifferentialServer subject) implements AutoCloseable {
  /** One of the two. */
  enum Which {
    REFERENCE,
    SUBJECT
  }

  static RawServers start(Path directory) {
    DifferentialServer reference = DifferentialServer.reference(directory.resolve("reference"));
    try {
      return new RawServers(reference, DifferentialServer.subject(directory.resolve("subject")));
    } catch (RuntimeException subjectDidNotStart) {
      reference.close();
      throw subjectDidNotStart;
    }
  }

  InetSocketAddress address(Which which) {
    return switch (which) {
      case REFERENCE -> reference.address();
      case SUBJECT -> subject.address();
    };
  }

  @Override
  public void close() {
    reference.close();
    subject.close();
  }
}
