package troupe.conformance;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.ConnectRequest;
import troupe.conformance.DifferentialStep.Ask;
import troupe.conformance.DifferentialStep.Claim;
import troupe.conformance.DifferentialStep.Drop;
import troupe.conformance.DifferentialStep.Move;
import troupe.conformance.DifferentialStep.Provoke;
import troupe.conformance.RawClient.Closed;
import troupe.conformance.RawClient.Event;
import troupe.conformance.RawClient.Heard;
import troupe.conformance.RawClient.Reply;
import troupe.conformance.RawClient.Silence;
import troupe.conformance.RawClient.Welcome;

/** One of the two servers with the script's clients at it: does a step and writes down all that was heard meanwhile. */
final class DifferentialSide implements AutoCloseable {
  /** As long as both servers grant, so that no session ever expires in the middle of a script. */
  private static final int TIMEOUT = 20 * DifferentialServer.TICK;

  private static final long FAR_FUTURE = 1_000_000;
  private static final int PASSWORD_LENGTH = 16;

  /**
   * Pings after which a connection counts as open. One is not enough: ZooKeeper queues a last reply and the order to
   * close behind it in two steps, and the answer to a ping can slip in between.
   */
  private static final int PROBES = 3;

  private final InetSocketAddress address;
  private final DifferentialText text = new DifferentialText();
  private final Map<Integer, Slot> slots = new HashMap<>();

  /** Zxids of transactions that closed a session: the order of the deletions in one of them is a hash set's. */
  private final Set<Long> closings = new HashSet<>();

  private long lastZxid;

  DifferentialSide(InetSocketAddress address) {
    this.address = address;
  }

  /** A client of the script. */
  private static final class Slot {
    private Optional<RawClient> connection = Optional.empty();
    private Optional<Welcome> session = Optional.empty();
    private int xid;
  }

  /** Something heard, as text; with the zxid if it is an event. */
  private record Line(String text, Optional<Long> eventZxid) {}

  /** Does the step and returns what was heard on its slot's connections, in order. */
  List<String> perform(DifferentialStep step) {
    var lines = new ArrayList<Line>();
    Slot slot = slots.computeIfAbsent(step.slot(), number -> new Slot());
    switch (step) {
      case Ask ask -> ask(slot, ask.requests(), lines);
      case Provoke provoke -> provoke(slot, provoke.request(), lines);
      case Move move -> move(slot, move.claim(), lines);
      case Drop drop -> hangUp(slot);
    }
    return settled(lines);
  }

  private void ask(Slot slot, List<DifferentialRequest> requests, List<Line> lines) {
    RawClient connection = connected(slot, lines);
    byte[][] frames = requests.stream().map(r -> r.frame(++slot.xid, lastZxid)).toArray(byte[][]::new);
    connection.send(joined(frames));
    for (DifferentialRequest request : requests) {
      if (slot.connection.isPresent()) {
        awaitReply(slot, request.op(), lines);
      }
    }
  }

  private static byte[] joined(byte[][] frames) {
    int length = 0;
    for (byte[] frame : frames) {
      length += frame.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] frame : frames) {
      all.put(frame);
    }
    return all.array();
  }

  private void provoke(Slot slot, DifferentialRequest request, List<Line> lines) {
    // Events of what others did come to a connection by themselves, and it may be closed before: fetch them.
    ask(slot, List.of(DifferentialRequest.of(OpCode.ping)), lines);
    ask(slot, List.of(request), lines);
    for (int probe = 0; probe < PROBES && slot.connection.isPresent(); probe++) {
      var answers = new ArrayList<Line>();
      ask(slot, List.of(DifferentialRequest.of(OpCode.ping)), answers);
      answers.stream().filter(line -> slot.connection.isEmpty() || line.eventZxid().isPresent()).forEach(lines::add);
    }
    slot.connection.ifPresent(open -> lines.add(new Line("still open", Optional.empty())));
  }

  private void move(Slot slot, Claim claim, List<Line> lines) {
    connected(slot, lines);
    RawClient second = RawClient.open(address);
    Optional<Welcome> welcome = shakeHands(second, claim, slot.session.orElseThrow());
    lines.add(greeting(welcome));
    boolean isRefused = welcome.isEmpty() || welcome.get().isRefusal();
    if (isRefused) {
      lines.add(new Line("refused connection: " + second.hear(), Optional.empty()));
      second.close();
    }
    if (claim == Claim.WRONG_PASSWORD) {
      // ZooKeeper closes the owner's connection before it looks at the password; Troupe lets nobody do that to another.
      hangUp(slot);
    }
    while (!isRefused && slot.connection.isPresent()) {
      hear(slot, OpCode.notification, lines);
    }
    if (!isRefused) {
      slot.connection = Optional.of(second);
      slot.session = welcome;
    }
  }

  private Optional<Welcome> shakeHands(RawClient connection, Claim claim, Welcome session) {
    return switch (claim) {
      case PASSWORD -> connection.shakeHands(request(lastZxid, session.sessionId(), session.password()));
      case PASSWORD_AS_OF_OLD ->
          connection.shakeHandsAsOfOld(request(lastZxid, session.sessionId(), session.password()));
      case WRONG_PASSWORD ->
          connection.shakeHands(request(lastZxid, session.sessionId(), ByteBuffer.allocate(PASSWORD_LENGTH)));
      case ZXID_OF_THE_FUTURE ->
          connection.shakeHands(request(lastZxid + FAR_FUTURE, session.sessionId(), session.password()));
    };
  }

  /** The slot's connection, made if need be. */
  private RawClient connected(Slot slot, List<Line> lines) {
    if (slot.connection.isEmpty()) {
      RawClient connection = RawClient.open(address);
      ConnectRequest request = slot.session
          .map(session -> request(lastZxid, session.sessionId(), session.password()))
          .orElseGet(() -> request(lastZxid, 0, ByteBuffer.allocate(PASSWORD_LENGTH)));
      Optional<Welcome> welcome = connection.shakeHands(request);
      welcome.ifPresent(w -> text.know(w.sessionId()));
      lines.add(greeting(welcome));
      slot.session = welcome.filter(w -> !w.isRefusal());
      slot.connection = Optional.of(connection);
    }
    return slot.connection.get();
  }

  private static ConnectRequest request(long lastZxid, long sessionId, ByteBuffer password) {
    var bytes = new byte[password.remaining()];
    password.duplicate().get(bytes);
    return new ConnectRequest(0, lastZxid, TIMEOUT, sessionId, bytes, false);
  }

  private Line greeting(Optional<Welcome> welcome) {
    String greeting = welcome
        .map(w -> "welcome version=%d timeout=%d session=%s password of %d readOnly=%s".formatted(
            w.protocolVersion(), w.timeout(), text.session(w.sessionId()), w.password().remaining(), w.readOnly()))
        .orElse("no welcome");
    return new Line(greeting, Optional.empty());
  }

  /** Events may come first. */
  private void awaitReply(Slot slot, int op, List<Line> lines) {
    while (slot.connection.isPresent() && !(hear(slot, op, lines) instanceof Reply)) {}
  }

  private Heard hear(Slot slot, int op, List<Line> lines) {
    Heard heard = slot.connection.orElseThrow().hear();
    switch (heard) {
      case Event event -> lines.add(new Line(text.event(event), Optional.of(event.zxid())));
      case Reply reply -> {
        lines.add(new Line(text.reply(op, reply), Optional.empty()));
        // Some replies carry 0 or -1 where a zxid should be.
        lastZxid = Math.max(lastZxid, reply.zxid());
        if (op == OpCode.closeSession && reply.err() == 0) {
          closings.add(reply.zxid());
          slot.session = Optional.empty();
        }
      }
      case Closed closed -> {
        lines.add(new Line("closed", Optional.empty()));
        hangUp(slot);
      }
      case Silence silence -> {
        lines.add(new Line("silence", Optional.empty()));
        hangUp(slot);
      }
    }
    return heard;
  }

  /** The lines, with the events of one session's end in alphabetical order. */
  private List<String> settled(List<Line> lines) {
    return DifferentialText.<Line>groups(lines, line -> line.eventZxid().filter(closings::contains).<Object>map(z -> z)
            .orElseGet(Object::new)).stream()
        .flatMap(group -> group.size() == 1
            ? group.stream().map(Line::text)
            : group.stream().map(Line::text).sorted())
        .toList();
  }

  private static void hangUp(Slot slot) {
    slot.connection.ifPresent(RawClient::close);
    slot.connection = Optional.empty();
    slot.xid = 0;
  }

  @Override
  public void close() {
    slots.values().forEach(DifferentialSide::hangUp);
  }
}
