package troupe.recipes;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.client.Answer;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;

/** The znode stands in line. Becomes {@link InPlace} when it is its turn. */
record InLine(ClaimSetup setup, Line line, Answer.Created own) {
  Behavior<Claim.Command> enter() {
    look();
    return setup.behave(this::onMessage);
  }

  private Behavior<Claim.Command> look() {
    setup.then(setup.znodes().children(line.parent()), Claim.Listed::new);
    return Behaviors.same();
  }

  private Behavior<Claim.Command> onMessage(Claim.Command message) {
    return switch (message) {
      case Claim.Listed listed -> onListing(listed.listing());
      case Claim.LookAgain again -> look();
      case Claim.RetryDue again -> look();
      case Claim.WatchBroken broken -> setup.retryLater();
      case Claim.StepFailed failed -> setup.failed(failed.failure());
      case Claim.Release release -> new Leaving(setup, true).enter();
      case Claim.PatienceElapsed elapsed -> new Leaving(setup, false).enter();
      case Claim.SetData set -> {
        setup.setData(set.data());
        yield Behaviors.same();
      }
      case Claim.FromSession session -> setup.onSession(session);
      case Claim.DataRefused late -> Behaviors.same();
      case Claim.Step late -> Behaviors.same();
    };
  }

  private Behavior<Claim.Command> onListing(Znodes.Listing listing) {
    Optional<List<Line.Ticket>> awaited = line.awaited(listing.names(), Znodes.name(own.path()));
    if (awaited.isEmpty()) {
      return setup.lost(InPlace.deleted(own));
    }
    if (awaited.get().isEmpty()) {
      return new InPlace(setup, own).enter(listing.zxid());
    }
    Set<String> paths = awaited.get().stream()
        .map(ticket -> Znodes.child(line.parent(), ticket.name())).collect(Collectors.toSet());
    // Behind what was read: whoever has left meanwhile is told of too.
    return setup.awaitOthers(
        paths.size() == 1 ? paths.iterator().next() : line.parent(),
        paths.size() == 1 ? WatchScope.NODE : WatchScope.CHILDREN,
        listing.zxid(),
        event -> event.kind() == WatchEvent.Kind.DELETED && paths.contains(event.path()));
  }
}
