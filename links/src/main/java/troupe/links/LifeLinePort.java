package troupe.links;

import io.netty.channel.Channel;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.ensemble.Ensemble;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;

/** The port where the life lines of other servers arrive. Its state belongs to the core's loop. */
final class LifeLinePort {
  private static final Logger LOG = LoggerFactory.getLogger(LifeLinePort.class);

  private final Ensemble ensemble;
  private final LinkSettings settings;
  private final Lanes lanes;
  private final Consumer<PeerMessage> deliver;
  private final Consumer<ServerId> greeted;
  private final Map<ServerId, Channel> newest = new HashMap<>();

  /**
   * @param deliver takes what other servers send
   * @param greeted hears of each server that arrives
   */
  LifeLinePort(
      Ensemble ensemble,
      LinkSettings settings,
      Lanes lanes,
      Consumer<PeerMessage> deliver,
      Consumer<ServerId> greeted) {
    this.ensemble = ensemble;
    this.settings = settings;
    this.lanes = lanes;
    this.deliver = deliver;
    this.greeted = greeted;
  }

  String host() {
    return settings.bindHost().orElse(ensemble.member(ensemble.self()).host());
  }

  int number() {
    return ensemble.member(ensemble.self()).lifeLinePort();
  }

  /** Listens until the lanes hang up. */
  CompletionStage<Channel> open() {
    return lanes.listen(host(), number(), () -> new Arrival(this));
  }

  int maxFrame() {
    return lanes.maxFrame();
  }

  boolean isKnown(ServerId server) {
    return ensemble.peers().contains(server);
  }

  /** What whoever greeted so is told: in the form that it knows. */
  String answer(Greeting read) {
    return Greeting.of(read.form(), ensemble).line();
  }

  /**
   * A server has greeted. If it did before, by a connection that stands yet, nothing of that is heard any more: it
   * would come behind what is said by the new one.
   */
  void arrived(Greeting read, Channel connection) {
    if (read.form() == Greeting.Form.LANE) {
      Optional.ofNullable(newest.put(read.from(), connection)).ifPresent(older -> {
        LOG.warn("server {} connects again, from {}: its older connection, from {}, is closed",
            read.from(), connection.remoteAddress(), older.remoteAddress());
        older.close();
      });
      connection.closeFuture().addListener(closed -> newest.remove(read.from(), connection));
    }
    greeted.accept(read.from());
  }

  void deliver(PeerMessage message) {
    deliver.accept(message);
  }
}
