package troupe.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import troupe.session.ClientRequest.Read;
import troupe.tree.Acl;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Permissions;
import troupe.tree.Znode;

/** Answers reads from a tree. Source: ZooKeeper's FinalRequestProcessor. */
final class Reader {
  private final long session;
  private final long mostOfMany;

  /** @param mostOfMany bytes that are read for one request; others wait until that is answered */
  Reader(long session, long mostOfMany) {
    this.session = session;
    this.mostOfMany = mostOfMany;
  }

  /** @param watches where watches are put that the read asks for */
  Answer answer(Read read, DataTree tree, List<Identity> identities, List<Watches.Watch> watches) {
    return switch (read) {
      case ClientRequest.GetData get -> permitted(tree, get.path(), Permissions.READ, identities, node -> {
        if (get.watch()) {
          watches.add(new Watches.Watch(get.path(), false, true));
        }
        return new Answer.Node(node);
      });
      case ClientRequest.Exists exists -> exists(exists, tree, identities, watches);
      case ClientRequest.GetChildren get -> permitted(tree, get.path(), Permissions.READ, identities, node -> {
        if (get.watch()) {
          watches.add(new Watches.Watch(get.path(), true, true));
        }
        return new Answer.Children(node.childNames(), node);
      });
      case ClientRequest.GetAcl get ->
          permitted(tree, get.path(), Permissions.READ | Permissions.ADMIN, identities, node ->
              new Answer.AclOf(visibleAcl(node.acl(), identities), node));
      case ClientRequest.CountDescendants count ->
          permitted(tree, count.path(), Permissions.READ, identities, node ->
              // By its other name the root counts itself, as in ZooKeeper.
              new Answer.Count(tree.countBelow(node) + (count.path().isEmpty() ? 1 : 0)));
      case ClientRequest.GetEphemerals get -> new Answer.Paths(
          tree.ephemeralsOf(session).stream().filter(path -> path.startsWith(get.prefix())).toList());
      case ClientRequest.WhoAmI who -> new Answer.Identities(identities);
      case ClientRequest.Ping ping -> new Answer.Done();
      case ClientRequest.ReadMany many -> many(many, tree, identities, watches);
      case ClientRequest.Fail fail -> new Answer.Failed(fail.reason());
    };
  }

  private Answer many(
      ClientRequest.ReadMany many, DataTree tree, List<Identity> identities, List<Watches.Watch> watches) {
    List<Answer> answers = new ArrayList<>();
    long bytes = 0;
    for (Read each : many.reads()) {
      Answer answer = answer(each, tree, identities, watches);
      bytes += bytes(answer);
      if (bytes > mostOfMany) {
        return new Answer.Failed(ErrorCode.MARSHALLING_ERROR);
      }
      answers.add(answer);
    }
    return new Answer.Many(answers, many.complete());
  }

  private static long bytes(Answer answer) {
    return switch (answer) {
      case Answer.Node node -> node.node().data().length;
      case Answer.Children children -> children.names().stream().mapToLong(String::length).sum();
      default -> 0;
    };
  }

  private interface Answering {
    Answer of(Znode node);
  }

  private static Answer permitted(
      DataTree tree, String path, int permissions, List<Identity> identities, Answering answering) {
    Optional<Znode> node = tree.find(path);
    if (node.isEmpty()) {
      return new Answer.Failed(ErrorCode.NO_NODE);
    }
    return node.get().acl().permits(permissions, identities)
        ? answering.of(node.get())
        : new Answer.Failed(ErrorCode.NO_AUTH);
  }

  /** A watch is kept for a node that is not there: that is what it is for. */
  private static Answer exists(
      ClientRequest.Exists exists, DataTree tree, List<Identity> identities, List<Watches.Watch> watches) {
    if (exists.path().indexOf('\0') >= 0) {
      return new Answer.Failed(ErrorCode.BAD_ARGUMENTS);
    }
    Answer answer = permitted(tree, exists.path(), Permissions.READ, identities, Answer.Node::new);
    boolean present = answer instanceof Answer.Node;
    boolean forbidden = answer instanceof Answer.Failed failed && failed.reason() == ErrorCode.NO_AUTH;
    if (exists.watch() && !forbidden) {
      watches.add(new Watches.Watch(exists.path(), false, present));
    }
    return answer;
  }

  /** Hashes of passwords are for those only who may change the ACL. */
  private static List<Acl.Entry> visibleAcl(Acl acl, List<Identity> identities) {
    if (acl.permits(Permissions.ADMIN, identities)) {
      return acl.entries();
    }
    return acl.entries().stream().map(Reader::withoutHash).toList();
  }

  private static Acl.Entry withoutHash(Acl.Entry entry) {
    Identity who = entry.who();
    int colon = who.id().indexOf(':');
    return !who.scheme().equals("digest") || colon < 0
        ? entry
        : new Acl.Entry(entry.permissions(), new Identity("digest", who.id().substring(0, colon) + ":x"));
  }
}
