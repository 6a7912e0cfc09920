package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.ZooKeeperMain;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** ZooKeeper's own shell, as an operator uses it: commands typed in, their output read. */
class CommandLineTest {
  @RegisterExtension
  static final SharedNode node = new SharedNode();

  // Answered by the shell itself without the server: marks where the output of the command before it ends.
  private static final String MARK_COMMAND = "printwatches";
  private static final String MARK = "printwatches is off";

  private static Process shell;
  private static BufferedWriter input;
  private static BufferedReader output;

  @BeforeAll
  static void openShell() throws Exception {
    shell = Subject.java(ZooKeeperMain.class.getName(), "-server", node.connectString(), "-waitforconnection")
        .redirectErrorStream(true)
        .start();
    input = shell.outputWriter();
    output = shell.inputReader();
    run("printwatches off");
  }

  @AfterAll
  static void leaveShell() throws Exception {
    input.close();
    assertEquals(0, Await.get(shell.onExit()).exitValue());
  }

  @Test
  void aNodeIsCreatedReadSetAndDeleted() throws Exception {
    assertEquals(List.of("Created /cli"), run("create /cli first"));
    assertEquals(List.of("first"), run("get /cli"));
    assertEquals(List.of(), run("set /cli \"the second\""));
    assertEquals(List.of("the second"), run("get /cli"));

    List<String> withStat = run("get -s /cli");
    assertEquals("the second", withStat.getFirst());
    assertEquals(
        List.of("cZxid", "ctime", "mZxid", "mtime", "pZxid", "cversion", "dataVersion", "aclVersion",
            "ephemeralOwner", "dataLength", "numChildren"),
        withStat.stream().skip(1).map(line -> line.substring(0, line.indexOf(" ="))).toList());
    assertTrue(withStat.containsAll(
        List.of("cversion = 0", "dataVersion = 1", "aclVersion = 0", "ephemeralOwner = 0x0", "dataLength = 10",
            "numChildren = 0")), withStat.toString());
    assertEquals(withStat.subList(1, withStat.size()), run("stat /cli"));

    assertEquals(List.of("version No is not valid : /cli"), run("set -v 7 /cli third"));
    assertEquals(List.of("Node already exists: /cli"), run("create /cli"));
    assertEquals(List.of(), run("delete -v 1 /cli"));
    assertEquals(List.of("Node does not exist: /cli"), run("get /cli"));
    assertEquals(List.of("Node does not exist: /cli"), run("delete /cli"));
  }

  @Test
  void aSubtreeIsListedCountedAndDeleted() throws Exception {
    for (String path : List.of("/top", "/top/b", "/top/a", "/top/a/deep")) {
      assertEquals(List.of("Created " + path), run("create " + path));
    }
    assertEquals(List.of("[a, b]"), run("ls /top"));
    assertEquals(List.of("/top", "/top/a", "/top/b", "/top/a/deep"), run("ls -R /top"));
    assertEquals(List.of("3"), run("getAllChildrenNumber /top"));
    assertEquals(List.of("Node not empty: /top"), run("delete /top"));
    assertEquals(List.of(), run("deleteall /top"));
    assertEquals(List.of("Node does not exist: /top"), run("ls /top"));
  }

  @Test
  void nodesOfEveryModeAreCreated() throws Exception {
    run("create /modes");
    assertEquals(List.of("Created /modes/s-0000000000"), run("create -s /modes/s- data"));
    assertEquals(List.of("Created /modes/e"), run("create -e /modes/e data"));
    assertEquals(List.of("Created /modes/es-0000000002"), run("create -e -s /modes/es- data"));
    assertEquals(List.of("Created /modes/c"), run("create -c /modes/c data"));
    assertEquals(List.of("Created /modes/t"), run("create -t 100000 /modes/t data"));
    assertEquals(List.of("[/modes/es-0000000002]"), run("getEphemerals /modes/es"));
    assertEquals(List.of("Ephemerals cannot have children: /modes/e/x"), run("create /modes/e/x"));
  }

  @Test
  void aclsAndUsers() throws Exception {
    assertEquals(List.of("Created /guarded"), run("create /guarded data"));
    assertEquals(List.of("'world,'anyone", ": cdrwa"), run("getAcl /guarded"));
    assertEquals(List.of(), run("addauth digest user:secret"));
    assertEquals(List.of(), run("setAcl /guarded auth:user:cdrwa"));
    List<String> acl = run("getAcl /guarded");
    assertTrue(acl.getFirst().startsWith("'digest,'user:"), acl.toString());
    assertEquals(": cdrwa", acl.getLast());
    assertEquals(List.of(), run("setAcl /guarded world:anyone:r"));
    assertEquals(List.of("Insufficient permission : /guarded"), run("set /guarded new"));

    List<String> users = run("whoami");
    assertTrue(users.contains("ip: 127.0.0.1") && users.contains("digest: user"), users.toString());
  }

  @Test
  void theServerIsAskedToCatchUpAndForItsConfiguration() throws Exception {
    assertEquals(List.of("Sync is OK"), run("sync /"));
    List<String> configuration = run("config");
    assertFalse(configuration.stream().anyMatch(line -> line.contains("Exception")), configuration.toString());
    List<String> version = run("version");
    assertTrue(version.getLast().startsWith("ZooKeeper CLI version: 3.9.5"), version.toString());
  }

  @Test
  void limitsOfAQuotaAreKept() throws Exception {
    run("create /quota");
    assertEquals(List.of(), run("setquota -n 5 /quota"));
    List<String> quota = run("listquota /quota");
    assertTrue(quota.stream().anyMatch(line -> line.startsWith("Output quota for /quota count=5,bytes=-1")),
        quota.toString());
    // How much of it is used Troupe does not count yet.
    assertTrue(quota.stream().anyMatch(line -> line.startsWith("Output stat for /quota count=")), quota.toString());
    assertEquals(List.of(), run("delquota /quota"));
  }

  /** What the shell prints for {@code command}, without empty lines. */
  private static List<String> run(String command) throws Exception {
    type(command);
    type(MARK_COMMAND);
    return readUntilMark();
  }

  private static void type(String line) throws IOException {
    input.write(line);
    input.newLine();
    input.flush();
  }

  private static List<String> readUntilMark() throws Exception {
    return Await.get(CompletableFuture.supplyAsync(() -> {
      var lines = new ArrayList<String>();
      try {
        for (String line = output.readLine(); line != null && !line.equals(MARK); line = output.readLine()) {
          if (!line.isBlank()) {
            lines.add(line);
          }
        }
      } catch (IOException e) {
        lines.add(e.toString());
      }
      return lines;
    }));
  }
}
