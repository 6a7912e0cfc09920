package troupe.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.tree.Applied;
import troupe.tree.DataTree;
import troupe.tree.NodeEvent;
import troupe.tree.Password;
import troupe.tree.Request;

/** One session's actor, and everything that it tells its surroundings, as lines in one order. */
final class OneSession implements ClientConnection, Proposer {
  static final long ID = 7;
  static final SessionSettings SETTINGS =
      new SessionSettings(Duration.ofSeconds(2), Duration.ZERO, Duration.ZERO, 64 << 20);

  final History history = new History();
  final PublishedTree published;
  final TestInbox<SessionTracker.Command> tracker = TestInbox.create();
  final BehaviorTestKit<Session.Command> actor;
  private final TestInbox<Watches.Command> watches = TestInbox.create();
  private final List<String> said = new ArrayList<>();

  /** The writes that it has sent, whole. */
  final List<Request> submitted = new ArrayList<>();
  private final SessionHandle handle = new SessionHandle(ID, TestInbox.<Session.Command>create().getRef());

  /** Runs the next time that the session answers: what another thread does just then. */
  Runnable meanwhile = () -> {};

  long nanos;
  boolean full;
  boolean gone;

  /** The session's state of the actor begins. */
  interface Beginning {
    Behavior<Session.Command> of(Session.Setup setup, Leadership leader);
  }

  /** @param beginning is given the leader of epoch 1, should it know one already */
  OneSession(Beginning beginning) {
    published = new PublishedTree(history.tree());
    Session.Setup setup = new Session.Setup(
        handle, 4000, this, published, watches.getRef(), () -> nanos, SETTINGS);
    actor = BehaviorTestKit.create(Behaviors.setup(context -> beginning.of(setup, leaderOf(1))));
  }

  /** One that is open. */
  static OneSession serving() {
    OneSession session = new OneSession((setup, leader) ->
        new Serving(setup, History.PASSWORD, History.IDENTITIES, leader, false, 0).enter(List.of()));
    session.publish(session.history.open(ID));
    return session;
  }

  /** What it has said since this was last asked. */
  List<String> said() {
    hearWatches();
    List<String> all = List.copyOf(said);
    said.clear();
    return all;
  }

  void ask(ClientRequest... requests) {
    actor.run(new Session.Requests(List.of(requests)));
  }

  /** As the registry does it, at once. */
  void deliver(Delivery... deliveries) {
    announce();
    actor.run(new Session.Deliveries(List.of(deliveries)));
  }

  Leadership leaderOf(long epoch) {
    return new Leadership(epoch, this, tracker.getRef());
  }

  /** As the registry tells it. */
  void lead(long epoch) {
    deliver(new Delivery.Led(leaderOf(epoch)));
  }

  void announce() {
    handle.announce();
  }

  Applied publish(Applied applied) {
    published.publish(applied.tree());
    return applied;
  }

  static Delivery.Event event(Applied applied, int number) {
    return new Delivery.Event(applied.tree().lastZxidNumber(), applied.events().get(number));
  }

  static long zxid(DataTree tree) {
    return tree.lastZxidNumber() & 0xFFFF_FFFFL;
  }

  private void say(String line) {
    hearWatches(); // what came before
    said.add(line);
  }

  private void hearWatches() {
    watches.getAllReceived().forEach(message -> said.add(switch (message) {
      case Watches.Register register ->
          "register " + paths(register) + " read at " + (register.zxid() & 0xFFFF_FFFFL);
      case Watches.Ask ask -> "ask the registry: " + ask.request();
      default -> message.toString();
    }));
  }

  private static String paths(Watches.Register register) {
    return register.watches().stream().map(watch -> watch.path() + (watch.children() ? "/*" : "")).toList().toString();
  }

  @Override
  public void submit(List<Request> requests) {
    submitted.addAll(requests);
    say("submit " + requests.stream().map(Request::cxid).toList());
  }

  @Override
  public void sync(long session, int cxid) {
    say("sync " + cxid);
  }

  @Override
  public void readIndex(long session, int cxid) {
    say("read index " + cxid);
  }

  @Override
  public void claim(long session, int cxid, Password password) {
    say("claim");
  }

  @Override
  public void keep(long session, int cxid, Password password) {
    say("keep");
  }

  @Override
  public void opened(ActorRef<Session.Command> session, long id, int timeout, Password password) {
    say("opened " + id + " for " + timeout);
  }

  @Override
  public void refused() {
    say("refused");
  }

  @Override
  public void answer(long zxid, Answer answer) {
    say("answer at " + (zxid & 0xFFFF_FFFFL) + ": " + switch (answer) {
      case Answer.Failed failed -> failed.reason().toString();
      case Answer.Written written -> written.outcome().getClass().getSimpleName();
      default -> answer.getClass().getSimpleName();
    });
    Runnable now = meanwhile;
    meanwhile = () -> {};
    now.run();
  }

  @Override
  public void event(long zxid, NodeEvent.Kind kind, String path) {
    say("event of " + (zxid < 0 ? zxid : zxid & 0xFFFF_FFFFL) + ": " + kind + " " + path);
  }

  @Override
  public void flush() {}

  @Override
  public boolean isGone() {
    return gone;
  }

  @Override
  public boolean isFull() {
    return full;
  }

  @Override
  public void close(String reason) {
    say("close: " + reason);
  }
}
