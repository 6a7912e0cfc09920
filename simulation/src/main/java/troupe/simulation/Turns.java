package troupe.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Threads that take turns: exactly one of them runs at any time. So a task may wait in its middle, as one does that
 * waits for a disk, while another thread goes on with the tasks behind it, and still everything happens in one order.
 */
final class Turns implements AutoCloseable {
  /** Where one thread waits for its turn. */
  static final class Seat {
    private final Thread thread;
    private volatile boolean turn;

    private Seat(Thread thread) {
      this.thread = thread;
    }

    void give() {
      turn = true;
      LockSupport.unpark(thread);
    }

    private void await() {
      while (!turn) {
        LockSupport.park(this);
      }
      turn = false;
    }
  }

  /** What the thread that runs knows of itself. */
  private record Worker(Turns turns, Seat seat) {}

  private static final ThreadLocal<Worker> CURRENT = new ThreadLocal<>();
  /** From here on a virtual thread that holds a monitor can wait without its carrier, and they take turns faster. */
  private static final int CHEAP_VIRTUAL_THREADS = 24;

  private final Thread.Builder threads = Runtime.version().feature() >= CHEAP_VIRTUAL_THREADS
      ? Thread.ofVirtual().name("simulation-", 0)
      : Thread.ofPlatform().daemon().name("simulation-", 0);
  private final Deque<Seat> idle = new ArrayDeque<>();
  private volatile Kernel kernel;
  private volatile boolean closed;

  /** The kernel whose task the calling thread runs. */
  static Kernel kernel() {
    return CURRENT.get().turns.kernel;
  }

  /** Somebody from outside would make chance of order. */
  static void checkTurn() {
    if (CURRENT.get() == null) {
      throw new IllegalStateException(Thread.currentThread() + " takes no turns here");
    }
  }

  /**
   * Runs a kernel until it is over; returns when all of its tasks that waited in their middle have ended too.
   *
   * @param first what it begins with
   */
  void run(Kernel next, Runnable first) {
    kernel = next;
    Seat caller = new Seat(Thread.currentThread());
    CURRENT.set(new Worker(this, caller));
    next.execute(next.outside(), first);
    CURRENT.remove();
    next.onEnd(caller::give);
    someIdle().give();
    caller.await();
  }

  private void work(Seat me) {
    CURRENT.set(new Worker(this, me));
    me.await();
    while (!closed) {
      if (kernel.isOver()) {
        idle.push(me);
        kernel.leave();
        me.await();
      } else {
        kernel.step();
      }
    }
  }

  private Seat someIdle() {
    if (!idle.isEmpty()) {
      return idle.pop();
    }
    Seat[] seat = new Seat[1];
    Thread thread = threads.unstarted(() -> work(seat[0]));
    seat[0] = new Seat(thread);
    thread.start();
    return seat[0];
  }

  /** The calling thread waits until somebody switches to its seat, which is given to the argument first. */
  static void waitHere(Consumer<Seat> before) {
    Worker worker = CURRENT.get();
    before.accept(worker.seat);
    worker.turns.someIdle().give();
    worker.seat.await();
  }

  /** The calling thread becomes idle, and the other goes on where it waits. */
  static void switchTo(Seat other) {
    Worker worker = CURRENT.get();
    worker.turns.idle.push(worker.seat);
    other.give();
    worker.seat.await();
  }

  /** Nothing may be running. */
  @Override
  public void close() {
    closed = true;
    idle.forEach(Seat::give);
    idle.clear();
  }
}
