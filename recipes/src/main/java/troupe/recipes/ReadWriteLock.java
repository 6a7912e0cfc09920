package troupe.recipes;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.util.ByteString;
import troupe.client.Session;
import troupe.client.TroupeClient;

/**
 * A lock that either one writer holds, or any number of readers. Nobody overtakes: a reader waits for each writer who came
 * before, so that writers do not wait for ever. The fence of a writer is larger than that of anybody who held it before.
 *
 * <p>A writer who wants to read as well has to release first, and a reader who wants to write too: whoever asks while he
 * holds it waits for himself.
 *
 * <p>Lay-out: that of Curator's {@code InterProcessReadWriteLock}, with which it contends.
 */
public final class ReadWriteLock {
  private static final String READ = "__READ__";
  private static final String WRITE = "__WRIT__";

  private final Facade facade;
  private final String path;

  private ReadWriteLock(Facade facade, String path) {
    this.facade = facade;
    this.path = path;
  }

  public static ReadWriteLock of(ActorSystem<?> system, TroupeClient client, String path) {
    return new ReadWriteLock(new Facade(system, client), path);
  }

  /**
   * One attempt to read; see {@link Claim}.
   *
   * @param patience to wait for others, zero to have it only if nobody else does; none: as long as it takes
   */
  public static Behavior<Claim.Command> reader(
      ActorRef<Session.Command> session, String path, Optional<Duration> patience, ActorRef<Claim.Event> owner) {
    return claim(session, new Line(path, READ, Line.Rule.behindNo(WRITE)), patience, owner);
  }

  /**
   * One attempt to write; see {@link Claim}.
   *
   * @param patience to wait for others, zero to have it only if nobody else does; none: as long as it takes
   */
  public static Behavior<Claim.Command> writer(
      ActorRef<Session.Command> session, String path, Optional<Duration> patience, ActorRef<Claim.Event> owner) {
    return claim(session, new Line(path, WRITE, Line.Rule.ALONE), patience, owner);
  }

  private static Behavior<Claim.Command> claim(
      ActorRef<Session.Command> session, Line line, Optional<Duration> patience, ActorRef<Claim.Event> owner) {
    return Claim.create(session, Optional.empty(), line, ByteString.emptyByteString(), patience, owner);
  }

  /** Completes when nobody writes any more who came before. To be cancelled as {@link Lock#acquire()} is. */
  public CompletionStage<Holding> read() {
    return facade.hold(owner -> reader(facade.session(), path, Optional.empty(), owner));
  }

  /** The same, or nothing once others have had it for that long: zero is to wait for nobody. */
  public CompletionStage<Optional<Holding>> read(Duration patience) {
    return facade.tryToHold(owner -> reader(facade.session(), path, Optional.of(patience), owner));
  }

  /** Completes when nobody reads or writes any more who came before. To be cancelled as {@link Lock#acquire()} is. */
  public CompletionStage<Holding> write() {
    return facade.hold(owner -> writer(facade.session(), path, Optional.empty(), owner));
  }

  /** The same, or nothing once others have had it for that long: zero is to wait for nobody. */
  public CompletionStage<Optional<Holding>> write(Duration patience) {
    return facade.tryToHold(owner -> writer(facade.session(), path, Optional.of(patience), owner));
  }
}
