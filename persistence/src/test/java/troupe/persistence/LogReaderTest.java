package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Zxid;
import troupe.persistence.LogReader.Entry;
import troupe.persistence.LogReader.Place;
import troupe.tree.Change;
import troupe.tree.Transaction;

/** Places in a log of which not everything counts. */
class LogReaderTest {
  private static final int LOGS = 400;
  private static final int EVENTS = 60;
  private static final int KEPT = 3;

  private static Batch batch(Zxid first, int transactions) {
    return Batch.of(LongStream.range(0, transactions).mapToObj(i -> new Transaction(
        new Zxid(first.epoch(), first.counter() + i), 0, 0, 0, new Change.Checked())).toList(), 0);
  }

  private static Batch batch(long epoch, long counter) {
    return batch(new Zxid(epoch, counter), 1);
  }

  /** A log that lives at random, beside a list of what counts in it. */
  private static final class RandomLog {
    final MemoryJournal journal = new MemoryJournal();
    final List<Entry> counting = new ArrayList<>();
    final List<Zxid> everLogged = new ArrayList<>(List.of(Zxid.ZERO));
    History history = History.EMPTY;
    Place begin = new Place(Zxid.ZERO, 0);
    private final Random random;
    private Zxid next = new Zxid(1, 1);

    RandomLog(long seed) {
      random = new Random(seed);
      for (int i = 0; i < EVENTS; i++) {
        step();
      }
    }

    private void step() {
      switch (random.nextInt(20)) {
        case 0 -> giveUpATail();
        case 1, 2 -> takeSnapshot();
        case 3 -> purge();
        case 4 -> install();
        case 5 -> {
          journal.append(new TransactionLog.EpochAccepted(next.epoch() + 1));
          next = new Zxid(next.epoch() + 1, 1);
        }
        default -> append();
      }
    }

    private void append() {
      Batch batch = batch(next, 1 + random.nextInt(3));
      long position = journal.append(new TransactionLog.Appended(batch));
      history = history.with(batch);
      counting.add(new Entry(batch, position));
      everLogged.add(batch.last());
      next = batch.last().next();
    }

    private Zxid committed() {
      return history.snapshots().isEmpty() ? begin.last() : history.snapshots().getLast().last();
    }

    private void giveUpATail() {
      List<Zxid> ends = new ArrayList<>(List.of(committed()));
      counting.stream().map(entry -> entry.batch().last()).filter(last -> last.isAfter(committed())).forEach(ends::add);
      Zxid keep = ends.get(random.nextInt(ends.size()));
      Truncation truncation = new Truncation(journal.highestSequenceNr("") + 1, keep);
      journal.append(new TransactionLog.Truncated(truncation));
      history = history.with(truncation);
      counting.removeIf(entry -> entry.batch().last().isAfter(keep));
      next = new Zxid(next.epoch() + 1, 1);
    }

    /** Of some batch since the last one, for it takes a while to write; the purge may come later, or never. */
    private void takeSnapshot() {
      List<Entry> candidates = counting.stream().filter(entry -> entry.batch().last().isAfter(committed())).toList();
      if (!candidates.isEmpty()) {
        Entry of = candidates.get(random.nextInt(candidates.size()));
        SnapshotRef ref = new SnapshotRef(of.batch().last(), of.position(), "snapshot", 0);
        journal.append(new TransactionLog.SnapshotTaken(ref, KEPT));
        boolean dropped = history.snapshots().size() == KEPT;
        history = history.with(ref, KEPT);
        if (dropped) {
          beginAt(history.snapshots().getFirst());
        }
      }
    }

    private void purge() {
      if (history.snapshots().size() == KEPT) {
        journal.deleteTo("", history.snapshots().getFirst().position());
        beginAt(history.snapshots().getFirst());
      }
    }

    private void install() {
      Zxid last = new Zxid(next.epoch() + 1, 1 + random.nextInt(9));
      SnapshotRef ref = new SnapshotRef(last, journal.highestSequenceNr("") + 1, "snapshot", 0);
      journal.append(new TransactionLog.SnapshotInstalled(ref));
      history = history.replacedBy(ref);
      everLogged.add(last);
      beginAt(ref);
      next = last.next();
    }

    private void beginAt(SnapshotRef oldest) {
      begin = new Place(oldest.last(), oldest.position());
      counting.removeIf(entry -> entry.position() <= oldest.position());
    }

    Optional<Place> expectedPlaceOf(Zxid zxid) {
      Place place = begin;
      for (Entry entry : counting) {
        if (!entry.batch().last().isAfter(zxid)) {
          place = new Place(entry.batch().last(), entry.position());
        }
      }
      return begin.last().isAfter(zxid) ? Optional.empty() : Optional.of(place);
    }
  }

  @Test
  void everyTransactionIsFoundWhereItCountsAndThatBeforeItWhereItDoesNot() {
    for (long seed = 0; seed < LOGS; seed++) {
      RandomLog log = new RandomLog(seed);
      LogReader reader = new LogReader(log.journal, log.history);
      for (Zxid zxid : log.everLogged) {
        assertEquals(log.expectedPlaceOf(zxid), reader.placeOf(zxid), "seed " + seed + ", " + zxid);
      }
    }
  }

  @Test
  void fromEveryPlaceOnAllIsReadThatCountsAndNothingElse() {
    for (long seed = 0; seed < LOGS; seed++) {
      RandomLog log = new RandomLog(seed);
      LogReader reader = new LogReader(log.journal, log.history);
      assertEquals(log.counting, reader.read(log.begin, Long.MAX_VALUE), "seed " + seed);
      for (int i = 0; i < log.counting.size(); i++) {
        Entry entry = log.counting.get(i);
        assertEquals(
            log.counting.subList(i + 1, log.counting.size()),
            reader.read(new Place(entry.batch().last(), entry.position()), Long.MAX_VALUE),
            "seed " + seed);
      }
    }
  }

  @Test
  void aPageHasOneBatchAtLeastAndOtherwiseAsManyAsFit() {
    MemoryJournal journal = new MemoryJournal();
    for (int i = 1; i <= 5; i++) {
      journal.append(new TransactionLog.Appended(batch(1, i)));
    }
    LogReader reader = new LogReader(journal, new History(1, 1, new Zxid(1, 5), List.of()));
    int size = batch(1, 1).size();
    Place begin = new Place(Zxid.ZERO, 0);
    assertEquals(1, reader.read(begin, 0).size());
    assertEquals(1, reader.read(begin, 2 * size - 1).size());
    assertEquals(2, reader.read(begin, 2 * size).size());
    assertEquals(List.of(), reader.read(new Place(new Zxid(1, 5), 5), 1000));
  }

  /** The first batch of an epoch seems to follow the last one of any other, so nothing else would show the gap. */
  @Test
  void afterAPurgeNothingIsReadThatSeemsToFollow() {
    MemoryJournal journal = new MemoryJournal();
    for (int i = 1; i <= 4; i++) {
      journal.append(new TransactionLog.Appended(batch(1, i)));
    }
    journal.append(new TransactionLog.Appended(batch(2, 1)));
    LogReader reader = new LogReader(journal, new History(2, 2, new Zxid(2, 1), List.of()));
    Place place = new Place(new Zxid(1, 2), 2);
    assertEquals(3, reader.read(place, 1000).size());
    journal.deleteTo("", 4);
    assertEquals(List.of(), reader.read(place, 1000));
  }

  @Test
  void aPurgeDuringTheSearchDoesNotMakeATransactionLookAsIfItHadNeverBeen() {
    MemoryJournal journal = new MemoryJournal() {
      @Override
      public void replay(String persistenceId, long from, long to, long max, Predicate<Event> visitor) {
        deleteTo(persistenceId, 5);
        super.replay(persistenceId, from, to, max, visitor);
      }
    };
    for (int i = 1; i <= 8; i++) {
      journal.append(new TransactionLog.Appended(batch(1, i)));
    }
    LogReader reader = new LogReader(journal, new History(1, 1, new Zxid(1, 8), List.of()));
    assertEquals(Optional.empty(), reader.placeOf(new Zxid(1, 4)), "not (1, 0), up to which a learner would truncate");
  }

  @Test
  void whatWasGivenUpStaysGivenUpWhenTheSnapshotBeforeItIsDroppedAndThePurgeFails() {
    MemoryJournal journal = new MemoryJournal();
    History history = History.EMPTY;
    Batch kept = batch(1, 1);
    Batch lost = batch(1, 2);
    Batch instead = batch(2, 1);
    long first = journal.append(new TransactionLog.Appended(kept));
    journal.append(new TransactionLog.Appended(lost));
    Truncation truncation = new Truncation(3, kept.last());
    journal.append(new TransactionLog.Truncated(truncation));
    long last = journal.append(new TransactionLog.Appended(instead));
    history = history.with(kept).with(lost).with(new SnapshotRef(kept.last(), first, "a", 0), 1)
        .with(truncation).with(instead).with(new SnapshotRef(instead.last(), last, "b", 0), 1);
    LogReader reader = new LogReader(journal, history);
    assertEquals(Optional.empty(), reader.placeOf(lost.last()));
    assertTrue(reader.read(new Place(Zxid.ZERO, 0), 1000).isEmpty());
  }
}
