package troupe.shell;

import java.time.Duration;
import org.apache.zookeeper.KeeperException;

/** What a server's refusal means, where ZooKeeper's command line has words for it in those words. */
final class Refusals {
  private Refusals() {}

  static int exitCode(KeeperException refusal) {
    return switch (refusal.code()) {
      case CONNECTIONLOSS, SESSIONEXPIRED, SESSIONMOVED, REQUESTTIMEOUT, OPERATIONTIMEOUT -> Exit.NO_CONNECTION;
      default -> Exit.REFUSED;
    };
  }

  /** @param timeout for an answer */
  static String explain(KeeperException refusal, Duration timeout) {
    String path = refusal.getPath();
    return switch (refusal.code()) {
      case NONODE -> "Node does not exist: " + path;
      case NOCHILDRENFOREPHEMERALS -> "Ephemerals cannot have children: " + path;
      case NODEEXISTS -> "Node already exists: " + path;
      case NOTEMPTY -> "Node not empty: " + path;
      case NOTREADONLY -> "Not a read-only call: " + path;
      case INVALIDACL -> "Acl is not valid : " + path;
      case NOAUTH -> "Insufficient permission : " + path;
      case BADARGUMENTS -> "Arguments are not valid : " + path;
      case BADVERSION -> "version No is not valid : " + path;
      case QUOTAEXCEEDED -> "Quota has exceeded : " + path;
      case NOWATCHER -> "There is no such watch: " + path;
      case EPHEMERALONLOCALSESSION -> "A local session cannot have ephemeral nodes: " + path;
      case UNIMPLEMENTED -> "The server does not know this operation; it is another version, or switched off there";
      case RECONFIGDISABLED -> "The server does not change its ensemble at run time: who belongs to it is in the"
          + " configuration of its servers";
      case RECONFIGINPROGRESS -> "Another reconfiguration is in progress; try again when it is done";
      case NEWCONFIGNOQUORUM -> "No quorum of the new servers is connected and up to date; start them first";
      case THROTTLEDOP -> "The server takes no writes at the moment; nothing was done, and it may be tried again";
      case AUTHFAILED -> "The server has refused the credentials, and ended the session; 'connect' begins a new one";
      case CONNECTIONLOSS -> "The connection was lost; whether the server has done it is not known";
      case SESSIONEXPIRED -> "The session has expired, and its ephemeral nodes are gone; 'connect' begins a new one";
      case REQUESTTIMEOUT, OPERATIONTIMEOUT ->
          "No answer within " + Durations.text(timeout) + "; whether the server has done it is not known";
      default -> refusal.getMessage();
    };
  }
}
