package troupe.persistence;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import scala.PartialFunction;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;
import troupe.metrics.Metrics;

/**
 * Pekko Persistence's journal on {@link JournalStore}. This actor writes on its own thread and waits for the sync:
 * a write is one hop, and whoever asks for the highest sequence number waits for the writes before.
 *
 * <p>All writes of one message are one batch of LevelDB. An event that cannot be serialized is rejected, and with it
 * the later ones of the message: a log has no gaps. A full disk rejects them all. Anything else that goes wrong fails
 * the write and all that come after.
 */
final class LevelDbJournal extends AsyncWriteJournal {
  private final JournalStore store = JournalStores.of(context().system()).journal();
  private final Metrics metrics = Metrics.of(context().system());
  private final RecordCodec codec = new RecordCodec(context().system());
  private final ExecutionContext readers =
      context().system().dispatchers().lookup("troupe.persistence.replay-dispatcher");

  /**
   * Writes and answers at once. Pekko's own way to {@link #doAsyncWriteMessages} puts five futures, a circuit breaker
   * and its timer around a call that is over when it returns.
   */
  @Override
  public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object message) {
    if (message instanceof JournalProtocol.WriteMessages request && isAllWrites(request)) {
      write(request);
    } else {
      super.aroundReceive(receive, message);
    }
  }

  /** Classic persistent actors may mix in messages that only keep their place among the writes. */
  private static boolean isAllWrites(JournalProtocol.WriteMessages request) {
    return request.messages().forall(AtomicWrite.class::isInstance);
  }

  private void write(JournalProtocol.WriteMessages request) {
    List<AtomicWrite> writes =
        CollectionConverters.asJava(request.messages()).stream().map(AtomicWrite.class::cast).toList();
    ActorRef writer = request.persistentActor();
    int instance = request.actorInstanceId();
    List<Answer> answers = new ArrayList<>();
    try {
      List<Optional<Exception>> rejections =
          store(CollectionConverters.asJava(preparePersistentBatch(request.messages())));
      for (int i = 0; i < writes.size(); i++) {
        Optional<Exception> rejection = rejections.get(i);
        answer(answers, writes.get(i), event -> rejection.isPresent()
            ? new JournalProtocol.WriteMessageRejected(event, rejection.get(), instance)
            : new JournalProtocol.WriteMessageSuccess(event, instance));
      }
      writer.tell(JournalProtocol.WriteMessagesSuccessful$.MODULE$, self());
    } catch (RuntimeException e) {
      answers.clear();
      writes.forEach(write -> answer(answers, write,
          event -> new JournalProtocol.WriteMessageFailure(event, e, instance)));
      writer.tell(new JournalProtocol.WriteMessagesFailed(e, writes.size()), self());
    }
    // All at once, and nothing in between: the writer's thread would go to sleep after the first and be woken twice.
    answers.forEach(answer -> writer.tell(answer.response(), answer.sender()));
  }

  private record Answer(JournalProtocol.Response response, ActorRef sender) {}

  private static void answer(
      List<Answer> answers, AtomicWrite write, Function<PersistentRepr, JournalProtocol.Response> response) {
    CollectionConverters.asJava(write.payload()).forEach(event ->
        answers.add(new Answer(response.apply(event), event.sender())));
  }

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> writes) {
    try {
      return Futures.successful(store(writes));
    } catch (RuntimeException e) {
      return Futures.failed(e);
    }
  }

  /** @return for each write why it was rejected; empty for those that are on the disk */
  private List<Optional<Exception>> store(Iterable<AtomicWrite> writes) {
    List<JournalStore.Event> events = new ArrayList<>();
    List<Optional<Exception>> rejections = new ArrayList<>();
    Optional<Exception> rejection = Optional.empty();
    for (AtomicWrite write : writes) {
      if (rejection.isEmpty()) {
        try {
          events.addAll(encode(write));
        } catch (Exception e) { // Scala throws checked ones undeclared: NotSerializableException
          rejection = Optional.of(e);
        }
      }
      rejections.add(rejection);
    }
    try {
      if (!events.isEmpty()) {
        long begun = System.nanoTime();
        store.write(events);
        metrics.synced(System.nanoTime() - begun, bytes(events), events.size());
      }
      return rejections;
    } catch (DiskFullException full) {
      return rejections.stream().map(any -> Optional.<Exception>of(full)).toList();
    }
  }

  private static long bytes(List<JournalStore.Event> events) {
    return events.stream().mapToLong(event -> event.payload().size()).sum();
  }

  private List<JournalStore.Event> encode(AtomicWrite write) {
    return CollectionConverters.asJava(write.payload()).stream()
        .map(event -> new JournalStore.Event(event.persistenceId(), event.sequenceNr(), codec.encode(event)))
        .toList();
  }

  @Override
  public Future<Void> doAsyncReplayMessages(
      String persistenceId, long from, long to, long max, Consumer<PersistentRepr> replay) {
    return Futures.future(() -> {
      store.replay(persistenceId, from, to, max, event -> {
        replay.accept(decode(event));
        return true;
      });
      return null; // a Void has no other value
    }, readers);
  }

  private PersistentRepr decode(JournalStore.Event event) {
    try {
      return codec.decode(event);
    } catch (InvalidProtocolBufferException e) {
      throw store.corrupt(event.persistenceId(), event.sequenceNr(), "not a journal record: " + e.getMessage());
    }
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long from) {
    return Futures.successful(store.highestSequenceNr(persistenceId));
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long to) {
    Future<Void> deletion = Futures.future(() -> {
      store.deleteTo(persistenceId, to);
      return null;
    }, readers);
    // After the answer: the events are gone, and who deleted them need not wait for the room they took.
    deletion.foreach(deleted -> {
      store.compact(persistenceId);
      return null;
    }, readers);
    return deletion;
  }
}
