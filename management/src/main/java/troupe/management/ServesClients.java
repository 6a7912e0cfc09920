package troupe.management;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import troupe.actors.Server;

/** The readiness of a node: can clients be served? Made by Pekko Management, by its name in the configuration. */
public final class ServesClients implements Supplier<CompletionStage<Boolean>> {
  private final ActorSystem system;

  public ServesClients(ActorSystem system) {
    this.system = system;
  }

  @Override
  public CompletionStage<Boolean> get() {
    return CompletableFuture.completedFuture(NodeState.of(system).condition().service() instanceof Server.Serving);
  }
}
