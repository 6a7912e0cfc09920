package troupe.broadcast;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import troupe.ensemble.ServerId;

/** Who talks with a leader, and who was heard of when. Part of the leader's actor. */
final class Learners {
  private record Connected(LearnerId id, ActorRef<LearnerHandler.Command> handler) {}

  private final Leader.Surroundings around;
  private final ActorContext<Leader.Command> context;
  private final Map<ServerId, Connected> connected = new HashMap<>();
  private final Map<ServerId, Integer> silentBeats = new HashMap<>();
  private int conversations;

  Learners(Leader.Surroundings around, ActorContext<Leader.Command> context) {
    this.around = around;
    this.context = context;
  }

  /** Gives a message to the handler of its conversation, which a first message begins. */
  void hear(FromLearner heard) {
    Connected known = connected.get(heard.from());
    if (known != null && known.id().conversation().equals(heard.conversation())) {
      silentBeats.put(heard.from(), 0);
      known.handler().tell(new LearnerHandler.Received(heard.number(), heard.message()));
    } else if (heard.message() instanceof FromLearner.LearnerInfo info) {
      begin(new LearnerId(heard.from(), heard.conversation()), info);
    } else if (!(heard.message() instanceof FromLearner.Leave)) {
      // Of a conversation that is over here: the learner need not wait for its silence.
      around.links().send(heard.from(),
          new FromLeader(around.ensemble().self(), heard.conversation(), 0, new FromLeader.Leave()));
    }
  }

  private void begin(LearnerId id, FromLearner.LearnerInfo info) {
    dismiss(id.server());
    silentBeats.put(id.server(), 0);
    ActorRef<LearnerHandler.Command> handler = context.spawn(
        LearnerHandler.create(id, info, around, context.getSelf()),
        "learner-" + id.server() + "-" + ++conversations,
        DispatcherSelector.sameAsParent());
    context.watchWith(handler, new Leader.HandlerEnded(id));
    connected.put(id.server(), new Connected(id, handler));
  }

  /** Whether this conversation still goes on. */
  boolean isCurrent(LearnerId id) {
    Connected known = connected.get(id.server());
    return known != null && known.id().equals(id);
  }

  /** The conversation with that server, if there is one. */
  Optional<LearnerId> current(ServerId server) {
    return Optional.ofNullable(connected.get(server)).map(Connected::id);
  }

  /** Nothing happens where that conversation is over. */
  void tell(LearnerId id, LearnerHandler.Command message) {
    if (isCurrent(id)) {
      connected.get(id.server()).handler().tell(message);
    }
  }

  void tellAll(LearnerHandler.Command message) {
    connected.values().forEach(each -> each.handler().tell(message));
  }

  void dismiss(ServerId server) {
    Connected known = connected.remove(server);
    silentBeats.remove(server);
    if (known != null) {
      known.handler().tell(new LearnerHandler.Dismiss());
    }
  }

  void dismissAll() {
    // Not through the handlers, which end with the leader before they would get to it.
    connected.values().forEach(each -> around.links().send(each.id().server(), new FromLeader(
        around.ensemble().self(), each.id().conversation(), 0, new FromLeader.Leave())));
    connected.clear();
  }

  void ended(LearnerId id) {
    if (isCurrent(id)) {
      connected.remove(id.server());
      silentBeats.remove(id.server());
    }
  }

  /** A beat has passed: says that the leader is there, and counts who was silent. */
  void beat() {
    silentBeats.replaceAll((server, beats) -> beats + 1);
    tellAll(new LearnerHandler.Ping());
    Set.copyOf(connected.keySet()).forEach(server -> {
      if (silentBeats.get(server) > around.settings().syncBeats()) {
        dismiss(server);
      }
    });
  }

  /**
   * This server, and those that it talks with. Whoever has left may be unable to come back before this server looks for
   * a leader too: of three servers with one away, the two have to find each other again.
   */
  Set<ServerId> present() {
    Set<ServerId> present = new HashSet<>(connected.keySet());
    present.add(around.ensemble().self());
    return present;
  }

  /** That server's process is gone. */
  void lost(ServerId server) {
    dismiss(server);
  }
}
