package troupe.recipes;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.util.ByteString;
import troupe.client.Fence;

/** Something that is held: a lock, a lease, a leadership, a name in a group. May be used by any number of threads. */
public final class Holding {
  private final ActorRef<Claim.Command> claim;
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private final List<Consumer<Claim.Event>> listeners = new CopyOnWriteArrayList<>();
  private volatile Claim.Event last;
  private volatile Fence fence;
  private volatile boolean held = true;

  Holding(ActorRef<Claim.Command> claim, Claim.Held held) {
    this.claim = claim;
    this.last = held;
    this.fence = held.fence();
  }

  /** What tells this holder from those before and after it. To be shown with all that is done in this capacity. */
  public Fence fence() {
    return fence;
  }

  /** Whether it is held for all that is known at this moment: not suspended, lost or released. Others may know more. */
  public boolean isHeld() {
    return held;
  }

  /**
   * Calls this at every change from now on, and now with the last: {@link Suspended} (pause), {@link Resumed} (go on),
   * {@link Lost} (stop). It must not wait.
   */
  public void onEvent(Consumer<Claim.Event> listener) {
    synchronized (listeners) {
      listeners.add(listener);
      listener.accept(last);
    }
  }

  /** Completes when others may have it: at once, if it has been lost. */
  public CompletionStage<Void> release() {
    claim.tell(new Claim.Release());
    return released.minimalCompletionStage();
  }

  /** Lets the znode have this data; listeners hear of it if that is refused. */
  public void setData(ByteString data) {
    claim.tell(new Claim.SetData(data));
  }

  void tell(Claim.Event event) {
    synchronized (listeners) {
      last = event;
      switch (event) {
        case Claim.Held again -> {
          fence = again.fence();
          held = true;
        }
        case Resumed resumed -> held = true;
        case Suspended suspended -> held = false;
        case Lost lost -> held = false;
        case Claim.Released released -> held = false;
        case Claim.GaveUp gaveUp -> held = false;
        case Claim.Refused refused -> {}
      }
      listeners.forEach(listener -> Facade.tell(listener, event));
    }
  }

  /** The claim has ended; with a word to those who hold it, if it has had none itself. */
  void over() {
    boolean isTold = last instanceof Lost || last instanceof Claim.Released || last instanceof Claim.GaveUp;
    if (!isTold) {
      tell(new Lost(Facade.SILENT));
    }
    released.complete(null);
  }
}
