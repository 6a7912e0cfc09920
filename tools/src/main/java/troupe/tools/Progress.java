package troupe.tools;

import java.io.PrintWriter;
import java.util.Locale;

/** Tells a person how far long work is, a few times a second, on one line that goes away at the end. */
final class Progress implements AutoCloseable {
  private static final long NANOS_BETWEEN = 200_000_000;
  private static final String ERASE = "\r\033[K";

  private final PrintWriter err;
  private final boolean shown;
  private final String what;
  private final long total;
  private long lastShown = System.nanoTime();
  private boolean onScreen;

  /** @param total 0 if nobody knows */
  Progress(PrintWriter err, boolean shown, String what, long total) {
    this.err = err;
    this.shown = shown;
    this.what = what;
    this.total = total;
  }

  void at(long done) {
    if (shown && System.nanoTime() - lastShown > NANOS_BETWEEN) {
      lastShown = System.nanoTime();
      onScreen = true;
      String share = total > 0 ? String.format(Locale.ROOT, " of %,d (%d %%)", total, 100 * done / total) : "";
      err.print(ERASE + String.format(Locale.ROOT, "%,d", done) + share + " " + what);
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
