package troupe.simulation;

import java.lang.ref.WeakReference;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorCell;
import org.apache.pekko.actor.typed.internal.AdaptMessage;
import org.apache.pekko.actor.typed.internal.AdaptWithRegisteredMessageAdapter;
import org.apache.pekko.actor.typed.internal.InterceptorImpl;
import org.apache.pekko.actor.typed.internal.TimerSchedulerImpl;
import org.apache.pekko.actor.typed.internal.adapter.ActorAdapter;
import org.apache.pekko.dispatch.AbstractNodeQueue;
import org.apache.pekko.dispatch.Envelope;
import org.apache.pekko.dispatch.Mailbox;

/**
 * Which states the server's actors have been in, what they were told there, and what became of them. A state is the
 * class whose method takes the messages. Seen from outside, so that no server's code need know of it.
 */
final class Coverage {
  /** How deep in what Pekko has made of a behavior our own function lies. */
  private static final int DEPTH = 4;
  private static final String OURS = "troupe.";

  /** How we call a class of the server's, without its module's "troupe"; nothing for all others. */
  private static final ClassValue<String> NAMES = new ClassValue<>() {
    @Override
    protected String computeValue(Class<?> type) {
      String name = type.getName();
      return name.startsWith(OURS) && !name.startsWith(Coverage.class.getPackageName())
          ? name.substring(OURS.length()).replaceAll("\\$\\$Lambda.*", "").replace('$', '.')
          : "";
    }
  };

  /** Where a class refers to other objects. */
  private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {
    @Override
    protected List<Field> computeValue(Class<?> type) {
      List<Field> fields = Arrays.stream(type.getDeclaredFields())
          .filter(field -> !Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive())
          .toList();
      fields.forEach(field -> field.setAccessible(true));
      return fields;
    }
  };

  private record Transition(String from, String to) implements Comparable<Transition> {
    @Override
    public int compareTo(Transition other) {
      return (from + to).compareTo(other.from + other.to);
    }

    @Override
    public String toString() {
      return from + " to " + to;
    }
  }

  /** An actor's behavior when it was last looked at; none of ours where there is no state. */
  private record Seen(WeakReference<Object> behavior, Optional<String> state) {}

  private final Map<ActorCell, Seen> actors = new WeakHashMap<>();
  private final Map<String, Map<Class<?>, Long>> messages = new HashMap<>();
  private final Map<Transition, Long> transitions = new HashMap<>();

  /** Before a task runs. */
  void look(Runnable work) {
    if (work instanceof Mailbox mailbox
        && mailbox.messageQueue() instanceof AbstractNodeQueue<?> queue
        && queue.peek() instanceof Envelope envelope
        && mailbox.actor() != null
        && mailbox.actor().actor() instanceof ActorAdapter<?> actor) {
      stateOf(mailbox.actor(), actor.currentBehavior()).ifPresent(state ->
          messages.computeIfAbsent(state, s -> new HashMap<>()).merge(kind(envelope.message(), actor), 1L, Long::sum));
    }
  }

  /** What our code will see of a message: Pekko wraps those of timers, and what is to be adapted. */
  private static Class<?> kind(Object message, ActorAdapter<?> actor) {
    return switch (message) {
      case TimerSchedulerImpl.TimerMsg timer -> timer.key().getClass(); // the message itself, unless a key was given
      case AdaptMessage<?, ?> adapted -> kind(adapted.adapt(), actor);
      case AdaptWithRegisteredMessageAdapter<?> adapted -> adapted(adapted.msg(), actor);
      default -> message.getClass();
    };
  }

  private static Class<?> adapted(Object message, ActorAdapter<?> actor) {
    var adapters = actor.ctx().messageAdapters().iterator();
    while (adapters.hasNext()) {
      var adapter = adapters.next();
      if (adapter._1().isInstance(message)) {
        return adapter._2().apply(message).getClass();
      }
    }
    return message.getClass();
  }

  private Optional<String> stateOf(ActorCell actor, Object behavior) {
    Seen before = actors.get(actor);
    if (before != null && before.behavior.refersTo(behavior)) {
      return before.state;
    }
    Optional<String> state = ours(behavior);
    actors.put(actor, new Seen(new WeakReference<>(behavior), state));
    if (before != null && before.state.isPresent() && state.isPresent() && !before.state.equals(state)) {
      transitions.merge(new Transition(before.state.get(), state.get()), 1L, Long::sum);
    }
    return state;
  }

  /** The nearest object of a class of ours, and of a lambda the class that it is written in. */
  private static Optional<String> ours(Object behavior) {
    List<Object> layer = List.of(behavior);
    for (int depth = 0; depth < DEPTH; depth++) {
      for (Object each : layer) {
        String name = NAMES.get(each.getClass());
        if (!name.isEmpty()) {
          return Optional.of(name);
        }
      }
      layer = layer.stream().flatMap(Coverage::parts).toList();
    }
    return Optional.empty();
  }

  private static Stream<Object> parts(Object whole) {
    if (whole instanceof InterceptorImpl<?, ?> interceptor) {
      return Stream.of(interceptor.nestedBehavior());
    }
    Class<?> type = whole.getClass();
    if (type.isArray() && !type.componentType().isPrimitive()) {
      return Stream.iterate(0, i -> i < Array.getLength(whole), i -> i + 1).map(i -> Array.get(whole, i));
    }
    if (!type.getName().startsWith("org.apache.pekko.actor.typed.")) {
      return Stream.empty();
    }
    List<Object> parts = new ArrayList<>();
    for (Field field : FIELDS.get(type)) {
      try {
        Optional.ofNullable(field.get(whole)).ifPresent(parts::add);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
    return parts.stream();
  }

  void add(Coverage other) {
    other.messages.forEach((state, kinds) -> kinds.forEach((kind, number) ->
        messages.computeIfAbsent(state, s -> new HashMap<>()).merge(kind, number, Long::sum)));
    other.transitions.forEach((transition, number) -> transitions.merge(transition, number, Long::sum));
  }

  /** Each state with the kinds of messages that it never had, and each transition with how often it was. */
  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    long pairs = messages.values().stream().mapToLong(Map::size).sum();
    lines.append("%,d states of actors, %,d kinds of messages to them, %,d transitions%n"
        .formatted(messages.size(), pairs, transitions.size()));
    new TreeMap<>(messages).forEach((state, kinds) -> {
      Set<String> missing = new TreeSet<>(missing(kinds.keySet()));
      lines.append("%,14d  %s%s%n".formatted(kinds.values().stream().mapToLong(n -> n).sum(), state,
          missing.isEmpty() ? "" : ", never " + String.join(", ", missing)));
    });
    new TreeMap<>(transitions).forEach((transition, number) -> lines.append("%,14d  %s%n".formatted(number, transition)));
    return lines.toString();
  }

  /** Of the messages that belong to the same protocols as these, those that are not among them. */
  private static Set<String> missing(Set<Class<?>> kinds) {
    return kinds.stream().flatMap(kind -> Arrays.stream(kind.getInterfaces()))
        .filter(protocol -> protocol.isSealed() && protocol.getSimpleName().equals("Command"))
        .distinct()
        .flatMap(Coverage::leaves)
        .filter(kind -> !kinds.contains(kind))
        .map(Class::getSimpleName)
        .collect(Collectors.toSet());
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isSealed() ? Arrays.stream(type.getPermittedSubclasses()).flatMap(Coverage::leaves) : Stream.of(type);
  }
}
