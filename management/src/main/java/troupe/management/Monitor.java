package troupe.management;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import troupe.management.wire.NodeStatusMessage;

/**
 * Asks all nodes of the ensemble how they are. Every node has one; they find each other through Pekko's receptionist,
 * and what they say decides nothing. A node that does not answer in time is told of as it was when it last did.
 */
final class Monitor {
  /** All that this actor understands. */
  sealed interface Command {}

  /** From another node, or this one: how are you? */
  record Ask(ActorRef<Told> replyTo) implements Command {}

  /** The answer to {@link Ask}. */
  record Told(NodeStatusMessage status) {}

  /** How are all? Answered with {@link Survey}, after {@link #PATIENCE} at the latest. */
  record GetSurvey(ActorRef<Survey> replyTo) implements Command {}

  /** @param nodes by server id, those that were ever heard of */
  record Survey(Instant begun, Map<Integer, Heard> nodes) {
    /** The node's status, if it has answered this time. */
    Optional<NodeStatusMessage> reached(int server) {
      return Optional.ofNullable(nodes.get(server)).filter(heard -> !heard.at().isBefore(begun)).map(Heard::status);
    }
  }

  record Heard(NodeStatusMessage status, Instant at) {}

  private record Answered(Told told) implements Command {}

  private record Found(Receptionist.Listing listing) implements Command {}

  private record PatienceElapsed() implements Command {}

  static final Duration PATIENCE = Duration.ofMillis(800);
  private static final ServiceKey<Command> KEY = ServiceKey.create(Command.class, "troupe-monitor");

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final NodeState state;
  private final ActorRef<Told> answers;
  private final Map<Integer, Heard> heard = new HashMap<>();
  private final List<ActorRef<Survey>> waiting = new ArrayList<>();
  private Set<ActorRef<Command>> all = Set.of();
  private Instant begun = Instant.MIN;

  private Monitor(ActorContext<Command> context, TimerScheduler<Command> timers, NodeState state) {
    this.context = context;
    this.timers = timers;
    this.state = state;
    this.answers = context.messageAdapter(Told.class, Answered::new);
    context.getSystem().receptionist().tell(Receptionist.register(KEY, context.getSelf()));
    context.getSystem().receptionist().tell(Receptionist.subscribe(
        KEY, context.messageAdapter(Receptionist.Listing.class, Found::new)));
  }

  /** Waits for the disk: on a dispatcher where that harms nobody. */
  static Behavior<Command> create(NodeState state) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers ->
        Behaviors.receiveMessage(new Monitor(context, timers, state)::onMessage)));
  }

  private Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Ask ask -> ask.replyTo().tell(new Told(OwnStatus.of(state)));
      case Found found -> {
        // Those that Pekko Cluster cannot reach at the moment are not among them: nobody waits for their answer.
        all = new HashSet<>(found.listing().getServiceInstances(KEY));
        all.remove(context.getSelf());
      }
      case GetSurvey get -> {
        waiting.add(get.replyTo());
        if (waiting.size() == 1) {
          begin();
        }
      }
      case Answered answered -> {
        hear(answered.told().status());
        if (haveAllAnswered()) {
          answer();
        }
      }
      case PatienceElapsed elapsed -> answer();
    }
    return Behaviors.same();
  }

  private void begin() {
    begun = Instant.now();
    hear(OwnStatus.of(state));
    all.forEach(node -> node.tell(new Ask(answers)));
    timers.startSingleTimer(new PatienceElapsed(), PATIENCE);
    if (all.isEmpty()) {
      answer();
    }
  }

  private void hear(NodeStatusMessage status) {
    heard.put(status.getId(), new Heard(status, Instant.now()));
  }

  /** This node among them. */
  private boolean haveAllAnswered() {
    return heard.values().stream().filter(each -> !each.at().isBefore(begun)).count() > all.size();
  }

  private void answer() {
    timers.cancelAll();
    Survey survey = new Survey(begun, Map.copyOf(heard));
    waiting.forEach(asked -> asked.tell(survey));
    waiting.clear();
  }
}
