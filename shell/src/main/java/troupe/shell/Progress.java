package troupe.shell;

import java.io.PrintWriter;
import java.util.Locale;

/** Tells a person how far long work is, a few times a second, on one line that goes away at the end. */
final class Progress implements AutoCloseable {
  private static final long NANOS_BETWEEN = 200_000_000;
  private static final String ERASE = "\r\033[K";

  private final PrintWriter err;
  private final boolean shown;
  private final String what;
  private long lastShown = System.nanoTime();
  private boolean onScreen;

  Progress(PrintWriter err, boolean shown, String what) {
    this.err = err;
    this.shown = shown;
    this.what = what;
  }

  void at(long done) {
    if (shown && System.nanoTime() - lastShown > NANOS_BETWEEN) {
      lastShown = System.nanoTime();
      onScreen = true;
      err.print(ERASE + String.format(Locale.ROOT, "%,d", done) + " " + what);
      err.flush();
    }
  }

  @Override
  public void close() {
    if (onScreen) {
      err.print(ERASE);
      err.flush();
    }
  }
}
