package troupe.client;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.stream.javadsl.Source;
import troupe.protocol.ClientProtocol;

/**
 * One session: the protocol, and the way in. {@link TroupeClient} is the same for those who prefer futures.
 *
 * <p>It finds a server, keeps to it for as long as that answers, and otherwise goes on at another one: there it asks again
 * what has no answer yet, in the same order, and what was done already is recognised and answered, never done twice. Who
 * asks of it what it cannot do any more is told so; once its session is over it stops a while after the last word.
 */
public final class Session {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** From whoever has the session. */
  sealed interface FromOwner extends Command {}

  /** Do this. Answered once, in the order of asking. */
  public record Ask<R extends Answer>(Operation<R> operation, ActorRef<Result<R>> replyTo) implements FromOwner {}

  /** How is the session? Told now, and at every change. */
  public record Subscribe(ActorRef<SessionEvent> subscriber) implements FromOwner {}

  /** Tell this one nothing any more. Whoever subscribes and then stops says so before. */
  public record Unsubscribe(ActorRef<SessionEvent> subscriber) implements FromOwner {}

  /** End the session once everything asked before is done; then {@link SessionEvent.Ended}. */
  public record Close() implements FromOwner {}

  // From the façade, for which an actor of its own for each answer would be too much.

  record Submit<R extends Answer>(Operation<R> operation, CompletableFuture<R> promise) implements FromOwner {}

  record Listen(Consumer<SessionEvent> listener) implements FromOwner {}

  record StopListening(Consumer<SessionEvent> listener) implements FromOwner {}

  // From streams of changes.

  /** @param after none: from what its server has seen by then */
  record OpenStream(String path, WatchScope scope, Optional<Long> after, CompletableFuture<Long> opened)
      implements FromOwner {}

  /** What has come; completed once there is something, exceptionally when nothing will come any more. */
  record TakeChanges(long stream, CompletableFuture<List<WatchEvent>> promise) implements FromOwner {}

  record CloseStream(long stream) implements FromOwner {}

  // What the actor hears from those it works with, and tells itself.

  record Heard(ClientProtocol.FromServer message) implements Command {}

  /** The servers that can be reached have changed. */
  record Found(Receptionist.Listing listing) implements Command {}

  /** What was asked since is to go to the server in one message. */
  record SendDue() implements Command {}

  record Beat() implements Command {}

  /** The server that was asked has not answered. */
  record AnswerDue() implements Command {}

  /** Every server has been tried: time to begin again. */
  record RetryDue() implements Command {}

  /** No server was found for a new session. */
  record PatienceElapsed() implements Command {}

  /** Nobody has asked anything of a session that is over. */
  record Forgotten() implements Command {}

  private static final String NEEDS = " needs what is in troupe-client.conf, to be included by its application.conf";

  private Session() {}

  /** A session of its own for whoever spawns it. */
  public static Behavior<Command> create(SessionSettings settings) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      context.setLoggerName(Session.class);
      ActorSystem<?> system = context.getSystem();
      Optional<Failure> wrong = wrong(system, settings);
      List<Address> seeds =
          wrong.isPresent() ? List.of() : settings.servers().stream().map(Session::address).toList();
      Agenda agenda = new Agenda(settings, new Servers(system, seeds), context, timers);
      if (wrong.isPresent()) {
        return new Over(agenda, wrong.get()).enter(new SessionEvent.Ended(wrong.get()));
      }
      join(system, seeds);
      system.receptionist().tell(Receptionist.subscribe(
          ClientProtocol.RECEPTION, context.messageAdapter(Receptionist.Listing.class, Found::new)));
      timers.startSingleTimer(new PatienceElapsed(), settings.connectTimeout());
      return Seeking.first(agenda).enter();
    }));
  }

  /** What keeps the actor system out of the servers' cluster, as far as its configuration tells. */
  private static Optional<Failure> wrong(ActorSystem<?> system, SessionSettings settings) {
    if (!system.settings().config().getString("pekko.actor.provider").matches("cluster|.*ClusterActorRefProvider")) {
      return Optional.of(new Failure(ErrorCode.BAD_ARGUMENTS,
          "the actor system is not made for a cluster: its configuration" + NEEDS));
    }
    if (!system.name().equals(ClientProtocol.SYSTEM)) {
      return Optional.of(new Failure(ErrorCode.BAD_ARGUMENTS, "the actor system is called '" + system.name()
          + "'; to be part of the servers' cluster it has to be called '" + ClientProtocol.SYSTEM + "'"));
    }
    if (!Cluster.get(system).selfMember().hasRole(ClientProtocol.CLIENT_ROLE)) {
      return Optional.of(new Failure(ErrorCode.BAD_ARGUMENTS, "the actor system has no role '"
          + ClientProtocol.CLIENT_ROLE + "', by which servers tell that it is none of them: its configuration" + NEEDS));
    }
    return settings.servers().stream().filter(server -> !server.matches(".+:[0-9]{1,5}")).findFirst().map(server ->
        new Failure(ErrorCode.BAD_ARGUMENTS, "troupe-client.servers has '" + server + "', which is not host:port"));
  }

  private static Address address(String server) {
    int colon = server.lastIndexOf(':');
    return new Address(
        "pekko", ClientProtocol.SYSTEM, server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
  }

  /** Makes the actor system part of the servers' cluster, if it is to and is not yet. */
  private static void join(ActorSystem<?> system, List<Address> seeds) {
    Cluster cluster = Cluster.get(system);
    if (!seeds.isEmpty() && cluster.selfMember().status() == MemberStatus.removed()) { // which it is before it joins
      cluster.manager().tell(new JoinSeedNodes(seeds));
    }
  }

  /**
   * Changes of znodes that the session may read, as they happen, from one on.
   *
   * <p>None is lost and none told twice, whatever becomes of servers. It fails with {@link CompactedException} where that
   * cannot be promised, and with {@link TroupeException} when the session is over. What its taker has no room for waits
   * at the server.
   *
   * @param after the changes behind this zxid; best the one of the answer to a read, so that nothing is missed in between.
   *     None: from some moment soon after the stream begins to run
   */
  public static Source<WatchEvent, NotUsed> changes(
      ActorRef<Command> session, String path, WatchScope scope, Optional<Long> after) {
    return ChangeStream.of(session, path, scope, after);
  }
}
