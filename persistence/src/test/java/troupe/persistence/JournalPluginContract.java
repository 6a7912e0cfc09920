package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.typesafe.config.ConfigFactory;
import java.io.NotSerializableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** What Pekko's JournalSpec asks of a journal plugin, and what we promise beyond it. */
abstract class JournalPluginContract {
  private static final String ID = "p-1";
  private static final String WRITER = "writer-1";
  private static final int INSTANCE = 5;
  private static final long ALL = Long.MAX_VALUE;

  private final boolean nativeLibrary;
  private ActorSystem system;
  private ActorRef journal;

  @TempDir
  Path directory;

  JournalPluginContract(boolean nativeLibrary) {
    this.nativeLibrary = nativeLibrary;
  }

  @BeforeEach
  void writeFive() {
    start();
    write(atomic("a-1", 1), atomic("a-2", 2), atomic("a-3", 3), atomic("a-4", 4, "a-5", 5));
  }

  private void start() {
    system = ActorSystem.create("journal", ConfigFactory.parseString(Plugins.config(directory, nativeLibrary))
        .withFallback(ConfigFactory.load()));
    journal = Persistence.get(system).journalFor("troupe.persistence.journal", ConfigFactory.empty());
  }

  @AfterEach
  void stop() {
    TestKit.shutdownActorSystem(system);
  }

  private static PersistentRepr event(Object payload, long sequenceNr) {
    return PersistentRepr.apply(payload, sequenceNr, ID, "", false, ActorRef.noSender(), WRITER);
  }

  private static AtomicWrite atomic(Object payload, long sequenceNr) {
    return AtomicWrite.apply(event(payload, sequenceNr));
  }

  private static AtomicWrite atomic(Object payload, long sequenceNr, Object next, long nextSequenceNr) {
    return new AtomicWrite(CollectionConverters.asScala(
        List.of(event(payload, sequenceNr), event(next, nextSequenceNr))).toList());
  }

  private TestKit send(AtomicWrite... writes) {
    TestKit probe = new TestKit(system);
    journal.tell(new JournalProtocol.WriteMessages(
        CollectionConverters.asScala(Arrays.asList(writes)).toList().map(any -> any), probe.getRef(), INSTANCE),
        ActorRef.noSender());
    return probe;
  }

  private void write(AtomicWrite... writes) {
    TestKit probe = send(writes);
    probe.expectMsg(JournalProtocol.WriteMessagesSuccessful$.MODULE$);
    for (AtomicWrite write : writes) {
      for (PersistentRepr event : CollectionConverters.asJava(write.payload())) {
        JournalProtocol.WriteMessageSuccess success =
            probe.expectMsgClass(JournalProtocol.WriteMessageSuccess.class);
        assertEquals(event.sequenceNr(), success.persistent().sequenceNr());
        assertEquals(INSTANCE, success.actorInstanceId());
      }
    }
  }

  /** What a replay answers: the payloads, and last the highest sequence number. */
  private record Replay(List<Object> payloads, long highest) {}

  private Replay replay(String persistenceId, long from, long to, long max) {
    TestKit probe = new TestKit(system);
    journal.tell(
        new JournalProtocol.ReplayMessages(from, to, max, persistenceId, probe.getRef()), ActorRef.noSender());
    List<Object> payloads = new ArrayList<>();
    while (true) {
      switch (probe.receiveOne(Duration.ofSeconds(10))) {
        case JournalProtocol.ReplayedMessage replayed -> {
          assertEquals(WRITER, replayed.persistent().writerUuid());
          assertEquals(persistenceId, replayed.persistent().persistenceId());
          payloads.add(replayed.persistent().payload());
        }
        case JournalProtocol.RecoverySuccess end -> {
          return new Replay(payloads, end.highestSequenceNr());
        }
        case Object other -> throw new AssertionError(other);
      }
    }
  }

  private static Replay five(int from, int to) {
    return new Replay(LongStream.rangeClosed(from, to).<Object>mapToObj(n -> "a-" + n).toList(), 5);
  }

  private void deleteTo(long sequenceNr) {
    TestKit probe = new TestKit(system);
    journal.tell(new JournalProtocol.DeleteMessagesTo(ID, sequenceNr, probe.getRef()), ActorRef.noSender());
    probe.expectMsg(new DeleteMessagesSuccess(sequenceNr));
  }

  @Test
  void replaysWithinBoundsAndLimit() {
    assertEquals(five(1, 5), replay(ID, 1, ALL, ALL));
    assertEquals(five(3, 5), replay(ID, 3, ALL, ALL));
    assertEquals(five(1, 3), replay(ID, 1, 3, ALL));
    assertEquals(five(1, 3), replay(ID, 1, ALL, 3));
    assertEquals(five(2, 3), replay(ID, 2, 3, ALL));
    assertEquals(five(2, 3), replay(ID, 2, 5, 2));
    assertEquals(five(2, 2), replay(ID, 2, 2, ALL));
    assertEquals(five(2, 2), replay(ID, 2, 4, 1));
    assertEquals(new Replay(List.of(), 5), replay(ID, 2, 4, 0));
    assertEquals(new Replay(List.of(), 5), replay(ID, 3, 2, ALL));
    assertEquals(new Replay(List.of(), 0), replay("never written", 0, ALL, ALL));
  }

  @Test
  void deletedEventsAreNotReplayedAndTheHighestNumberStays() {
    deleteTo(3);
    assertEquals(five(4, 5), replay(ID, 0, ALL, ALL));
    deleteTo(ALL);
    assertEquals(new Replay(List.of(), 5), replay(ID, 0, ALL, ALL));
    stop();
    start();
    assertEquals(new Replay(List.of(), 5), replay(ID, 0, ALL, ALL));
  }

  @Test
  void everythingIsThereAfterARestart() {
    stop();
    start();
    assertEquals(five(1, 5), replay(ID, 1, ALL, ALL));
  }

  @Test
  void anEventThatCannotBeSerializedIsRejectedAndSoAreThoseAfterIt() {
    Object notSerializable = new Object();
    TestKit probe = send(atomic("b-6", 6), atomic(notSerializable, 7), atomic("b-8", 8));
    probe.expectMsg(JournalProtocol.WriteMessagesSuccessful$.MODULE$);
    assertEquals(6, probe.expectMsgClass(JournalProtocol.WriteMessageSuccess.class).persistent().sequenceNr());
    for (long rejected : new long[] {7, 8}) {
      JournalProtocol.WriteMessageRejected rejection =
          probe.expectMsgClass(JournalProtocol.WriteMessageRejected.class);
      assertEquals(rejected, rejection.message().sequenceNr());
      assertInstanceOf(NotSerializableException.class, rejection.cause());
    }
    write(atomic("c-7", 7)); // JournalSpec would have 8 stored: our logs have no gaps
    assertEquals(List.of("b-6", "c-7"), replay(ID, 6, ALL, ALL).payloads());
  }

  @Test
  void anAtomicWriteIsRejectedAsAWhole() {
    TestKit probe = send(atomic("b-6", 6, new Object(), 7));
    probe.expectMsg(JournalProtocol.WriteMessagesSuccessful$.MODULE$);
    probe.expectMsgClass(JournalProtocol.WriteMessageRejected.class);
    probe.expectMsgClass(JournalProtocol.WriteMessageRejected.class);
    assertEquals(five(1, 5), replay(ID, 1, ALL, ALL));
  }

  @Test
  void aWriteThatWouldLeaveAGapFails() {
    TestKit probe = send(atomic("b-7", 7));
    probe.expectMsgClass(JournalProtocol.WriteMessagesFailed.class);
    probe.expectMsgClass(JournalProtocol.WriteMessageFailure.class);
    write(atomic("b-6", 6));
    assertEquals(6, replay(ID, 1, ALL, ALL).highest());
  }

  @Test
  void serializersMetadataAndTimestampsAreKept() {
    TestKit probe = new TestKit(system);
    PersistentRepr event = event(probe.getRef(), 6).withTimestamp(1234).withMetadata("about");
    write(AtomicWrite.apply(event));
    journal.tell(new JournalProtocol.ReplayMessages(6, ALL, ALL, ID, probe.getRef()), ActorRef.noSender());
    PersistentRepr replayed = probe.expectMsgClass(JournalProtocol.ReplayedMessage.class).persistent();
    assertEquals(probe.getRef(), replayed.payload()); // an ActorRef needs the transport information of the system
    assertEquals(1234, replayed.timestamp());
    assertEquals("about", replayed.metadata().get());
  }

  @Test
  void manyWritesAreAnsweredInOrder() {
    TestKit probe = new TestKit(system);
    for (long n = 6; n <= 205; n++) {
      journal.tell(new JournalProtocol.WriteMessages(
          CollectionConverters.asScala(List.of(atomic("a-" + n, n))).toList().map(any -> any), probe.getRef(),
          INSTANCE), ActorRef.noSender());
    }
    for (long n = 6; n <= 205; n++) {
      probe.expectMsg(JournalProtocol.WriteMessagesSuccessful$.MODULE$);
      assertEquals(n, probe.expectMsgClass(JournalProtocol.WriteMessageSuccess.class).persistent().sequenceNr());
    }
    Replay all = replay(ID, 1, ALL, ALL);
    assertEquals(205, all.highest());
    assertEquals(LongStream.rangeClosed(1, 205).<Object>mapToObj(n -> "a-" + n).toList(), all.payloads());
  }

  @Test
  void aFullDiskRejectsAndBreaksNothing() {
    stop();
    system = ActorSystem.create("journal", ConfigFactory
        .parseString("troupe.persistence.free-space-reserve = 4EiB") // more than any disk has
        .withFallback(ConfigFactory.parseString(Plugins.config(directory, nativeLibrary)))
        .withFallback(ConfigFactory.load()));
    journal = Persistence.get(system).journalFor("troupe.persistence.journal", ConfigFactory.empty());
    TestKit probe = send(atomic("b-6", 6), atomic("b-7", 7));
    probe.expectMsg(JournalProtocol.WriteMessagesSuccessful$.MODULE$);
    for (int i = 0; i < 2; i++) {
      assertInstanceOf(DiskFullException.class,
          probe.expectMsgClass(JournalProtocol.WriteMessageRejected.class).cause());
    }
    assertEquals(five(1, 5), replay(ID, 1, ALL, ALL));
    stop();
    start();
    write(atomic("b-6", 6));
  }
}
