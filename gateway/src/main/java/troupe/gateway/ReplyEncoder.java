package troupe.gateway;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import troupe.session.Answer;
import troupe.tree.Acl;
import troupe.tree.ErrorCode;
import troupe.tree.NodeEvent;
import troupe.tree.Outcome;
import troupe.tree.Stat;
import troupe.tree.Znode;

/** Answers and events to their bytes. Source: ZooKeeper's zookeeper.jute, FinalRequestProcessor. */
final class ReplyEncoder {
  private static final int SYNC_CONNECTED = 3;
  private static final int EVENT_XID = -1;
  private static final int PING_XID = -2;

  private ReplyEncoder() {}

  /**
   * A whole frame.
   *
   * @param detail what the decoder asked to be remembered
   */
  static void reply(ByteBuf out, int xid, int op, Object detail, long zxid, Answer answer) {
    int start = beginFrame(out);
    int xidBack = op == OpCode.PING ? PING_XID : xid;
    header(out, xidBack, zxid, error(answer));
    body(out, op, detail, answer);
    endFrame(out, start);
  }

  static void error(ByteBuf out, int xid, long zxid, ErrorCode error) {
    int start = beginFrame(out);
    header(out, xid, zxid, error);
    endFrame(out, start);
  }

  static void event(ByteBuf out, long zxid, NodeEvent.Kind kind, String path) {
    int start = beginFrame(out);
    header(out, EVENT_XID, zxid, ErrorCode.OK);
    out.writeInt(switch (kind) {
      case CREATED -> 1;
      case DELETED -> 2;
      case DATA_CHANGED -> 3;
      case CHILDREN_CHANGED -> 4;
    });
    out.writeInt(SYNC_CONNECTED);
    Jute.writeString(out, path);
    endFrame(out, start);
  }

  static void header(ByteBuf out, int xid, long zxid, ErrorCode error) {
    out.writeInt(xid);
    out.writeLong(zxid);
    out.writeInt(error.wire());
  }

  static int beginFrame(ByteBuf out) {
    int start = out.writerIndex();
    out.writeInt(0);
    return start;
  }

  static void endFrame(ByteBuf out, int start) {
    out.setInt(start, out.writerIndex() - start - Integer.BYTES);
  }

  private static ErrorCode error(Answer answer) {
    return switch (answer) {
      case Answer.Failed failed -> failed.reason();
      case Answer.Written written when written.outcome() instanceof Outcome.Failed failed -> failed.reason();
      case Answer.Written written -> ErrorCode.OK;
      case Answer.Node n -> ErrorCode.OK;
      case Answer.Children c -> ErrorCode.OK;
      case Answer.AclOf a -> ErrorCode.OK;
      case Answer.Count c -> ErrorCode.OK;
      case Answer.Paths p -> ErrorCode.OK;
      case Answer.Identities i -> ErrorCode.OK;
      case Answer.Many many -> many.complete() ? ErrorCode.OK : ErrorCode.MARSHALLING_ERROR;
      case Answer.Done d -> ErrorCode.OK;
    };
  }

  private static void body(ByteBuf out, int op, Object detail, Answer answer) {
    switch (answer) {
      case Answer.Node node when op == OpCode.GET_DATA -> dataAndStat(out, node.node());
      case Answer.Node node -> stat(out, node.node());
      case Answer.Children children -> {
        Jute.writeStrings(out, children.names(), name -> name);
        if (op == OpCode.GET_CHILDREN_2) {
          stat(out, children.node());
        }
      }
      case Answer.AclOf acl -> {
        out.writeInt(acl.entries().size());
        for (Acl.Entry entry : acl.entries()) {
          out.writeInt(entry.permissions());
          Jute.writeString(out, entry.who().scheme());
          Jute.writeString(out, entry.who().id());
        }
        stat(out, acl.node());
      }
      case Answer.Count count -> out.writeInt(count.number());
      case Answer.Paths paths -> Jute.writeStrings(out, paths.paths(), path -> path);
      case Answer.Identities who -> {
        out.writeInt(who.identities().size());
        who.identities().forEach(identity -> {
          Jute.writeString(out, identity.scheme());
          Jute.writeString(out, identity.user());
        });
      }
      case Answer.Many many -> {
        many.answers().forEach(each -> readResult(out, each));
        endResults(out);
      }
      case Answer.Written written -> outcome(out, op, detail, written.outcome());
      case Answer.Done done when op == OpCode.SYNC && detail instanceof Optional<?> path ->
          Jute.writeOptionalString(out, path.map(Object::toString));
      case Answer.Done done when op == OpCode.ADD_WATCH -> out.writeInt(ErrorCode.OK.wire());
      case Answer.Done done -> {}
      case Answer.Failed failed -> {}
    }
  }

  private static void outcome(ByteBuf out, int op, Object detail, Outcome outcome) {
    switch (outcome) {
      case Outcome.Created created -> {
        Jute.writeString(out, created.path());
        if (op != OpCode.CREATE) {
          stat(out, created.stat());
        }
      }
      case Outcome.DataSet set -> stat(out, set.stat());
      case Outcome.AclSet set -> stat(out, set.stat());
      case Outcome.Several several when detail instanceof List<?> codes -> {
        for (int i = 0; i < several.outcomes().size(); i++) {
          writeResult(out, (Integer) codes.get(i), several.outcomes().get(i));
        }
        endResults(out);
      }
      case Outcome.Several several ->
          throw new IllegalStateException("results of a multi that this connection did not send");
      case Outcome.Deleted d -> {}
      case Outcome.Checked c -> {}
      case Outcome.SessionOpened s -> {}
      case Outcome.SessionClosed s -> {}
      case Outcome.Failed f -> {}
    }
  }

  private static void writeResult(ByteBuf out, int code, Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      errorResult(out, failed.reason());
    } else {
      beginResult(out, code);
      outcome(out, code, code, outcome);
    }
  }

  private static void readResult(ByteBuf out, Answer answer) {
    switch (answer) {
      case Answer.Node node -> {
        beginResult(out, OpCode.GET_DATA);
        dataAndStat(out, node.node());
      }
      case Answer.Children children -> {
        beginResult(out, OpCode.GET_CHILDREN);
        Jute.writeStrings(out, children.names(), name -> name);
      }
      case Answer.Failed failed -> errorResult(out, failed.reason());
      default -> throw new IllegalStateException(answer + " in a multiRead"); // which has no other reads
    }
  }

  private static void beginResult(ByteBuf out, int code) {
    out.writeInt(code);
    out.writeBoolean(false);
    out.writeInt(ErrorCode.OK.wire());
  }

  private static void errorResult(ByteBuf out, ErrorCode error) {
    out.writeInt(OpCode.ERROR);
    out.writeBoolean(false);
    out.writeInt(error.wire());
    out.writeInt(error.wire());
  }

  private static void endResults(ByteBuf out) {
    out.writeInt(OpCode.ERROR);
    out.writeBoolean(true);
    out.writeInt(OpCode.ERROR);
  }

  private static void dataAndStat(ByteBuf out, Znode node) {
    Jute.writeData(out, node.data());
    stat(out, node);
  }

  private static void stat(ByteBuf out, Znode node) {
    stat(out, node.stat());
  }

  private static void stat(ByteBuf out, Stat stat) {
    out.writeLong(stat.czxid());
    out.writeLong(stat.mzxid());
    out.writeLong(stat.ctime());
    out.writeLong(stat.mtime());
    out.writeInt(stat.version());
    out.writeInt(stat.cversion());
    out.writeInt(stat.aversion());
    out.writeLong(stat.ephemeralOwner());
    out.writeInt(stat.dataLength());
    out.writeInt(stat.numChildren());
    out.writeLong(stat.pzxid());
  }
}
