package troupe.conformance;

import java.util.List;
import org.apache.zookeeper.ZooDefs.OpCode;

/**
 * One thing done to both servers. A script of them makes sense with any step left out, since a slot that has no
 * connection when a step needs one first gets it: to its session if that lives, else with a new session.
 */
sealed interface DifferentialStep {
  /** Which of the script's clients does it. */
  int slot();

  /** Requests written in one segment; their answers are awaited in order. */
  record Ask(int slot, List<DifferentialRequest> requests) implements DifferentialStep {}

  /** One request, by which the server may close the connection; afterwards pings show whether it did. */
  record Provoke(int slot, DifferentialRequest request) implements DifferentialStep {}

  /** A second connection asks for the slot's session, while the first is still open. */
  record Move(int slot, Claim claim) implements DifferentialStep {}

  /** The connection is closed by the client; its session lives on. */
  record Drop(int slot) implements DifferentialStep {}

  /** With what right a connection asks for a session. */
  enum Claim {
    PASSWORD,
    PASSWORD_AS_OF_OLD,
    WRONG_PASSWORD,
    ZXID_OF_THE_FUTURE
  }

  static DifferentialStep ask(int slot, DifferentialRequest request) {
    return new Ask(slot, List.of(request));
  }

  static DifferentialStep ping(int slot) {
    return ask(slot, DifferentialRequest.of(OpCode.ping));
  }
}
