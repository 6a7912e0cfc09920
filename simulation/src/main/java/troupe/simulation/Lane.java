package troupe.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** What would be the threads of a process: its tasks run only while it lives, and not while it is held. */
final class Lane extends AbstractExecutorService {
  private final Kernel kernel;
  private final String name;
  private final List<Runnable> parked = new ArrayList<>();
  private boolean held;
  private boolean dead;

  Lane(Kernel kernel, String name) {
    this.kernel = kernel;
    this.name = name;
  }

  /** Stable from run to run, unlike an identity. */
  int number() {
    return name.hashCode();
  }

  boolean isHeld() {
    return held;
  }

  boolean isDead() {
    return dead;
  }

  void park(Runnable work) {
    parked.add(work);
  }

  /** From now on nothing runs here, as in a process that was stopped by a signal. */
  void hold() {
    held = true;
  }

  void release() {
    held = false;
    List<Runnable> waiting = List.copyOf(parked);
    parked.clear();
    waiting.forEach(this::execute);
  }

  /** Nothing runs here any more, ever. */
  void end() {
    dead = true;
    parked.clear();
  }

  @Override
  public void execute(Runnable work) {
    kernel.execute(this, work);
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return dead;
  }

  @Override
  public boolean isTerminated() {
    return dead;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }

  @Override
  public String toString() {
    return name;
  }
}
