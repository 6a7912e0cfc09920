package troupe.shell;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.data.Stat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who may do what. */
final class AccessCommands {
  private static final int ANY_VERSION = -1;

  private AccessCommands() {}

  @Command(name = "getAcl", description = "Show who may do what with a node.")
  static final class GetAcl extends ShellCommand {
    @Option(names = "-s", description = "Show the node's stat too.")
    private boolean withStat;

    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The node.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      Stat stat = new Stat();
      List<ACL> acl = dialogue.client().getACL(path.text(), stat);
      dialogue.say(() -> Values.acl(acl) + (withStat ? "\n" + Values.stat(stat) : ""), json -> {
        json.writeStringField("path", path.text());
        Values.writeAcl(json, acl);
        if (withStat) {
          Values.writeStat(json, stat);
        }
      });
    }
  }

  @Command(name = "setAcl", description = "Change who may do what with a node.")
  static final class SetAcl extends ShellCommand {
    @Option(names = "-s", description = "Show the node's new stat.")
    private boolean withStat;

    @Option(
        names = "-v", paramLabel = "VERSION", defaultValue = "" + ANY_VERSION,
        description = "Only if its ACL has this version still. Without it any.")
    private int version;

    @Option(names = "-R", description = "Of all nodes below it as well.")
    private boolean recursive;

    @Parameters(index = "0", paramLabel = "PATH", converter = NodePath.Converter.class, description = "The node.")
    private NodePath path;

    @Parameters(
        index = "1", paramLabel = "ACL",
        description = {
          "SCHEME:ID:PERMISSIONS, one or more with commas between them; the permissions are some of c(reate), d(elete), "
              + "r(ead), w(rite), a(dmin).",
          "Such as world:anyone:r,auth::cdrwa, where auth:: is whoever addauth has named."
        })
    private String acl;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      List<ACL> entries = Values.acl(acl);
      ZooKeeper client = dialogue.client();
      if (!recursive) {
        dialogue.sayChanged(path, client.setACL(path.text(), entries, version), withStat);
        return;
      }
      AtomicInteger changed = new AtomicInteger();
      try (Progress progress = dialogue.progress("nodes changed")) {
        // A node after its children: with its new ACL this client may no longer be allowed to list them.
        Subtree.childrenFirst(dialogue.connection(), path.text(), node -> {
          client.setACL(node, entries, version);
          progress.at(changed.incrementAndGet());
        });
      }
      dialogue.sayDone(json -> {
        json.writeStringField("path", path.text());
        json.writeNumberField("changed", changed.get());
      });
    }
  }

  @Command(
      name = "addauth",
      description = {
        "Show the server who you are, for this connection.",
        "In scripts --auth-file is better: there the secret is in a file of its own."
      })
  static final class AddAuth extends ShellCommand {
    @Parameters(index = "0", paramLabel = "SCHEME", description = "Such as digest.")
    private String scheme;

    @Parameters(
        index = "1", arity = "0..1", paramLabel = "CREDENTIAL",
        description = "What the scheme wants, such as anna:secret for digest.")
    private Optional<String> credential;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      ZooKeeper client = dialogue.client();
      dialogue.connection().add(new Credential(scheme, credential.orElse("")));
      client.exists("/", false); // answered after the credentials: this fails if they are refused
      dialogue.sayDone(json -> json.writeStringField("scheme", scheme));
    }
  }

  @Command(name = "whoami", description = "Show as whom the server sees this connection.")
  static final class WhoAmI extends ShellCommand {
    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      List<ClientInfo> identities = dialogue.client().whoAmI();
      dialogue.say(
          () -> identities.stream()
              .map(identity -> "\n" + identity.getAuthScheme() + ": " + Values.printable(identity.getUser()))
              .collect(Collectors.joining("", "Auth scheme: User", "")),
          json -> {
            json.writeArrayFieldStart("identities");
            for (ClientInfo identity : identities) {
              json.writeStartObject();
              json.writeStringField("scheme", identity.getAuthScheme());
              json.writeStringField("user", identity.getUser());
              json.writeEndObject();
            }
            json.writeEndArray();
          });
    }
  }
}
