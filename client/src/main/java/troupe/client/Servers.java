package troupe.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import troupe.protocol.ClientProtocol;
import troupe.protocol.ClientProtocol.Connect;

/**
 * The servers that a session knows of. Pekko's receptionist lists those that can be reached in the cluster; those that were
 * configured, or listed once, can be asked all the same: servers that all died together come back as another cluster than
 * the one that this application has joined, and find each other again and not it. Part of the session's actor.
 */
final class Servers {
  private final ActorSystem<?> system;
  private final Set<Address> known = new HashSet<>();
  private Set<ActorRef<Connect>> listed = Set.of();

  Servers(ActorSystem<?> system, List<Address> configured) {
    this.system = system;
    known.addAll(configured);
  }

  void found(Receptionist.Listing listing) {
    listed = Set.copyOf(listing.getServiceInstances(ClientProtocol.RECEPTION));
    listed.forEach(reception -> known.add(reception.path().address()));
  }

  boolean isListed(ActorRef<Connect> reception) {
    return listed.stream().anyMatch(each -> each.path().address().equals(reception.path().address()));
  }

  /** All, in the order in which they are to be tried: those that are listed first, but otherwise drawn by lot. */
  List<ActorRef<Connect>> drawn() {
    List<ActorRef<Connect>> drawn = shuffled(listed);
    Set<Address> reachable = listed.stream().map(each -> each.path().address()).collect(Collectors.toSet());
    drawn.addAll(shuffled(known.stream()
        .filter(address -> !reachable.contains(address))
        .map(address -> ClientProtocol.reception(system, address))
        .collect(Collectors.toSet())));
    return drawn;
  }

  private static <T> List<T> shuffled(Set<T> all) {
    List<T> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, ThreadLocalRandom.current());
    return shuffled;
  }

  /** For people. */
  @Override
  public String toString() {
    return known.stream().map(Address::hostPort).sorted().collect(Collectors.joining(", "));
  }
}
