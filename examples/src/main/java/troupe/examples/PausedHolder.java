package troupe.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A lock with fences against holders that are paused. Writers, each a process, write to a store one after the other, under
 * a lock. All but the last are paused between looking whether they hold the lock and writing, for longer than their session
 * lives: the next one has the lock by then, and no look at any clock or flag could have told the paused one. Its fence
 * does: the store refuses it.
 */
final class PausedHolder {
  private static final int PAUSED = 2;
  private static final String BEGINS = " begins";
  private static final String ENDED = " has ended";

  private PausedHolder() {}

  static int run(Options options) throws Exception {
    int paused = options.size().orElse(PAUSED);
    List<String> expected = new ArrayList<>();
    boolean wereRefused = true;
    List<Child> writers = new ArrayList<>();
    try (Store store = Store.open(options.ownHost())) {
      for (int i = 0; i <= paused; i++) {
        String name = "writer-" + (i + 1);
        boolean isLast = i == paused;
        writers.add(Child.start(options, "writer", name, store.address().toString(), isLast ? "awake" : "paused"));
        writers.getLast().process().onExit().thenRun(() -> store.news().add(name + ENDED));
        expected.add(name + BEGINS);
        awaitFirstWrite(store, name);
        if (i > 0) { // the one before was paused, or nobody else could have the lock
          Child former = writers.get(i - 1);
          Examples.say("story", former.name() + " may go on; it still believes that it holds the lock");
          former.resume();
          wereRefused &= former.awaitEnd() == Writer.WAS_REFUSED;
        }
      }
      expected.add(writers.getLast().name() + " goes on");
      boolean wasAccepted = writers.getLast().awaitEnd() == Examples.RIGHT;
      boolean isRight = wereRefused && wasAccepted && store.accepted().equals(expected);
      Examples.say("result", (isRight ? "right: " : "WRONG: ") + paused + " wrote too late and were refused, the store has "
          + store.accepted());
      return Examples.exitCode(isRight);
    } finally {
      writers.forEach(Child::close);
    }
  }

  private static void awaitFirstWrite(Store store, String writer) throws InterruptedException, TimeoutException {
    for (String news = ""; !news.equals(writer + BEGINS);) {
      news = Optional.ofNullable(store.news().poll(Examples.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
          .orElseThrow(() -> new TimeoutException(
              "nobody writes; do the servers run? 'bin/troupe ensemble 3', or name yours: --servers HOST:PORT"));
      if (news.equals(writer + ENDED)) {
        throw new IllegalStateException(writer + " has ended and has written nothing");
      }
    }
  }
}
