package troupe.recipes;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;
import troupe.client.Session;
import troupe.client.TroupeClient;
import troupe.client.WatchScope;

/**
 * Who is there: each member has a name of its own in the group and something to say, and is a member for as long as its
 * session lives. {@link Renewed} makes it one again in a new session.
 *
 * <p>Lay-out: that of Curator's {@code GroupMember}.
 */
public final class Group {
  /** All that an actor understands that looks at a group. */
  public sealed interface Command {}

  /** Stop looking. */
  public record Stop() implements Command {}

  /** What who looks at a group is told. */
  public sealed interface Event permits Members, Suspended, Resumed, Lost {}

  /** All of them, with what they say: told first of all, and after each change. */
  public record Members(SortedMap<String, ByteString> saying) implements Event {
    public Members {
      saying = Collections.unmodifiableSortedMap(new TreeMap<>(saying));
    }
  }

  record CacheTold(TreeCache.Event event) implements Command {}

  private final ActorRef<Event> subscriber;
  private final SortedMap<String, ByteString> members = new TreeMap<>();

  private Group(ActorRef<Event> subscriber) {
    this.subscriber = subscriber;
  }

  /**
   * A member; see {@link Claim}. Where another session has this name it waits until that one has gone; {@link Claim.SetData}
   * says something else.
   *
   * @param name in the group; what a znode's name may be
   */
  public static Behavior<Claim.Command> member(
      ActorRef<Session.Command> session, String path, String name, ByteString saying, ActorRef<Claim.Event> owner) {
    Place place = new Place.Name(Znodes.child(path, name));
    return Claim.create(session, Optional.empty(), place, saying, Optional.empty(), owner);
  }

  /** Completes when it is a member. To be cancelled as {@link Lock#acquire()} is. */
  public static CompletionStage<Holding> join(
      ActorSystem<?> system, TroupeClient client, String path, String name, ByteString saying) {
    return new Facade(system, client).hold(owner -> member(client.session(), path, name, saying, owner));
  }

  /** Looks at a group. */
  public static Behavior<Command> view(ActorRef<Session.Command> session, String path, ActorRef<Event> subscriber) {
    return Behaviors.setup(context -> {
      context.watchWith(subscriber, new Stop());
      ActorRef<TreeCache.Event> events = context.messageAdapter(TreeCache.Event.class, CacheTold::new);
      context.spawn(TreeCache.create(session, path, WatchScope.CHILDREN, events), "cache");
      return Behaviors.receiveMessage(new Group(subscriber)::onMessage);
    });
  }

  /** Looks at a group until it is told to {@link Stop}; the subscriber must not wait. */
  public static ActorRef<Command> follow(
      ActorSystem<?> system, TroupeClient client, String path, Consumer<Event> subscriber) {
    return new Facade(system, client).spawn(events -> view(client.session(), path, events), subscriber);
  }

  private Behavior<Command> onMessage(Command message) {
    return switch (message) {
      case Stop stop -> Behaviors.stopped();
      case CacheTold told -> onCache(told.event());
    };
  }

  private Behavior<Command> onCache(TreeCache.Event event) {
    switch (event) {
      case TreeCache.Filled filled ->
          filled.nodes().forEach((path, node) -> members.put(Znodes.name(path), node.data()));
      case TreeCache.Added added -> members.put(Znodes.name(added.path()), added.node().data());
      case TreeCache.Updated updated -> members.put(Znodes.name(updated.path()), updated.node().data());
      case TreeCache.Removed removed -> members.remove(Znodes.name(removed.path()));
      case Suspended suspended -> {
        subscriber.tell(suspended);
        return Behaviors.same();
      }
      case Resumed resumed -> {
        subscriber.tell(resumed);
        return Behaviors.same();
      }
      case Lost lost -> {
        subscriber.tell(lost);
        return Behaviors.stopped();
      }
    }
    subscriber.tell(new Members(members));
    return Behaviors.same();
  }
}
