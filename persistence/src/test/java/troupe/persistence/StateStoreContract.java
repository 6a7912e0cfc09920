package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.DeleteSnapshotSuccess;
import org.apache.pekko.persistence.DeleteSnapshotsSuccess;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotProtocol;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.OptionConverters;

/** What Pekko's SnapshotStoreSpec asks of a snapshot store. */
abstract class StateStoreContract {
  private static final String ID = "p-1";
  private static final long ALL = Long.MAX_VALUE;
  private static final SnapshotSelectionCriteria LATEST = SnapshotSelectionCriteria.latest();

  private final boolean nativeLibrary;
  private ActorSystem system;
  private ActorRef store;
  private TestKit probe;
  private List<SnapshotMetadata> saved;

  @TempDir
  Path directory;

  StateStoreContract(boolean nativeLibrary) {
    this.nativeLibrary = nativeLibrary;
  }

  @BeforeEach
  void saveFive() {
    start();
    saved = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      saved.add(save(new SnapshotMetadata(ID, i + 10, 0), "s-" + i));
    }
  }

  private void start() {
    system = ActorSystem.create("states", ConfigFactory.parseString(Plugins.config(directory, nativeLibrary))
        .withFallback(ConfigFactory.load()));
    store = Persistence.get(system).snapshotStoreFor("troupe.persistence.state-store", ConfigFactory.empty());
    probe = new TestKit(system);
  }

  @AfterEach
  void stop() {
    TestKit.shutdownActorSystem(system);
  }

  private SnapshotMetadata save(SnapshotMetadata about, Object state) {
    store.tell(new SnapshotProtocol.SaveSnapshot(about, state), probe.getRef());
    return probe.expectMsgClass(SaveSnapshotSuccess.class).metadata();
  }

  private Optional<SelectedSnapshot> load(String persistenceId, SnapshotSelectionCriteria criteria, long to) {
    store.tell(new SnapshotProtocol.LoadSnapshot(persistenceId, criteria, to), probe.getRef());
    SnapshotProtocol.LoadSnapshotResult result = probe.expectMsgClass(SnapshotProtocol.LoadSnapshotResult.class);
    assertEquals(to, result.toSequenceNr());
    return OptionConverters.toJava(result.snapshot());
  }

  private Optional<SelectedSnapshot> the(int number) {
    return Optional.of(new SelectedSnapshot(saved.get(number - 1), "s-" + number));
  }

  private static SnapshotSelectionCriteria upTo(long sequenceNr, long timestamp) {
    return SnapshotSelectionCriteria.create(sequenceNr, timestamp);
  }

  @Test
  void loadsTheNewestThatMatches() {
    assertEquals(the(5), load(ID, LATEST, ALL));
    assertEquals(the(3), load(ID, upTo(13, ALL), ALL));
    assertEquals(the(3), load(ID, LATEST, 13));
    assertEquals(the(3), load(ID, upTo(13, saved.get(2).timestamp()), ALL));
    assertEquals(Optional.empty(), load(ID, upTo(ALL, 100), ALL));
    assertEquals(Optional.empty(), load(ID, upTo(7, ALL), ALL));
    assertEquals(Optional.empty(), load(ID, LATEST, 7));
  }

  @Test
  void persistenceIdsWhoseNamesBeginAlikeAreKeptApart() {
    save(new SnapshotMetadata(ID + "@", 99, 0), "other");
    save(new SnapshotMetadata(ID + "@0000000000000001", 99, 0), "another");
    assertEquals(the(5), load(ID, LATEST, ALL));
    assertEquals(Optional.empty(), load("p", LATEST, ALL));
  }

  @Test
  void aRestartForgetsNothing() {
    stop();
    start();
    assertEquals(the(5), load(ID, LATEST, ALL));
  }

  @Test
  void deletesOne() {
    SnapshotMetadata third = new SnapshotMetadata(ID, 13, 0);
    store.tell(new SnapshotProtocol.DeleteSnapshot(third), probe.getRef());
    probe.expectMsg(new DeleteSnapshotSuccess(third));
    assertEquals(the(2), load(ID, upTo(13, ALL), ALL));
    assertEquals(the(5), load(ID, LATEST, ALL));
  }

  @Test
  void deletesThoseThatMatch() {
    SnapshotSelectionCriteria criteria = upTo(13, saved.get(2).timestamp());
    store.tell(new SnapshotProtocol.DeleteSnapshots(ID, criteria), probe.getRef());
    probe.expectMsg(new DeleteSnapshotsSuccess(criteria));
    assertEquals(Optional.empty(), load(ID, criteria, ALL));
    assertEquals(the(4), load(ID, upTo(14, ALL), ALL));
  }

  @Test
  void replacesOneOfTheSameSequenceNumber() {
    save(saved.get(4), "changed");
    assertEquals("changed", load(ID, LATEST, ALL).orElseThrow().snapshot());
  }

  @Test
  void keepsLargeStatesReferencesAndMetadata() {
    String large = "0".repeat(100_000);
    save(new SnapshotMetadata(ID, 100, 0), large);
    assertEquals(large, load(ID, LATEST, ALL).orElseThrow().snapshot());
    save(new SnapshotMetadata(ID, 101, 0).withMetadata("about"), probe.getRef());
    SelectedSnapshot loaded = load(ID, LATEST, ALL).orElseThrow();
    assertEquals(probe.getRef(), loaded.snapshot());
    assertEquals("about", loaded.metadata().metadata().get());
    assertTrue(loaded.metadata().timestamp() > 0);
  }
}
