package troupe.actors;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** Those who want to know whether the server serves, and what they know. */
record Subscribers(List<ActorRef<Server.Service>> all, Server.Service last) {
  static final Subscribers NONE = new Subscribers(List.of(), new Server.NotServing("it starts", false));

  Subscribers {
    all = List.copyOf(all);
  }

  Subscribers with(ActorRef<Server.Service> subscriber) {
    subscriber.tell(last);
    List<ActorRef<Server.Service>> more = new ArrayList<>(all);
    more.add(subscriber);
    return new Subscribers(more, last);
  }

  /** For the reason that they know already. */
  Subscribers sendClientsAway() {
    return last instanceof Server.NotServing not && not.clientsWait()
        ? tell(new Server.NotServing(not.why(), false))
        : this;
  }

  Subscribers tell(Server.Service service) {
    all.forEach(subscriber -> subscriber.tell(service));
    return new Subscribers(all, service);
  }
}
