package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooKeeperMain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code bin/troupe shell} as people and scripts use it. What needs no server is tried in the module {@code shell}. */
class TroupeShellTest {
  private static final Path GUIDE = Path.of("..", "docs", "shell.md");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Answered without the server: tells the answers to two commands apart. */
  private static final String MARK_COMMAND = "printwatches";
  private static final String MARK = "printwatches is off";

  /** What both command lines should answer alike; of what is printed only numbers of transactions and times may differ. */
  private static final List<String> ALIKE = List.of(
      "create /like first", "get /like", "get -s /like", "get -b /like", "get -x /like", "stat /like", "ls /",
      "create /like", "create /like/a \"two words\"", "create /like/b 'it is \"quoted\"'", "create /like/a/deep",
      "get /like/a", "get /like/b", "get /like/a/deep", "ls /like", "ls -s /like", "ls -R /like", "ls /missing",
      "ls -R /missing", "get /missing", "stat /missing", "create /missing/child", "getAllChildrenNumber /like",
      "set /like second", "set -s /like third", "set -v 9 /like fourth", "set -b /like AAEC/w==", "get -b /like",
      "get -x /like", "delete /like", "delete -v 9 /like/b", "delete /missing", "create -s /like/s- data",
      "create -s -e /like/es- data", "create -e /like/e data", "create -e /like/e/child data", "getEphemerals",
      "getEphemerals /like/es", "getEphemerals /none", "create -c /like/c data", "create -t 100000 /like/t data",
      "getAcl /like", "getAcl -s /like", "create /like/guarded data world:anyone:r", "set /like/guarded no",
      "getAcl /like/guarded", "addauth digest user:secret", "whoami", "create /like/mine data auth::cdrwa",
      "getAcl /like/mine", "setAcl -s /like/mine digest:other:x:r,world:anyone:r", "setAcl /like/mine ip:nonsense:r",
      "getAcl /missing", "setAcl /missing world:anyone:r", "sync /", "setquota -n 5 /like",
      "setquota -N 50 /like", "listquota /like", "setquota -b 1 /like/b", "delquota -n /like", "listquota /like",
      "delquota /like", "delquota /like", "addWatch /like", "removewatches /like", "config", "config -c",
      "deleteall /missing", "deleteall /like", "stat /like");

  @RegisterExtension
  static final SharedNode node = new SharedNode();

  @TempDir private Path directory;

  private TroupeCommand shell(Object... arguments) throws Exception {
    return script(List.of(), arguments);
  }

  private TroupeCommand script(List<String> lines, Object... arguments) throws Exception {
    List<Object> all = new ArrayList<>(List.of("shell", "--server", node.connectString()));
    all.addAll(List.of(arguments));
    return TroupeCommand.read(directory, lines, Map.of(), all.toArray());
  }

  @ParameterizedTest
  @EnumSource(names = {"TROUPE", "ZOOKEEPER"})
  void theAnswersAreThoseOfZooKeepersOwnCommandLine(Subject subject) throws Exception {
    NodeSettings settings = NodeSettings.inDirectory(Files.createDirectory(directory.resolve("home")));
    try (NodeProcess server = NodeProcess.launch(subject, settings).awaitServing()) {
      List<List<String>> theirs = answers(Subject.java(
          ZooKeeperMain.class.getName(), "-server", server.connectString(), "-waitforconnection"));
      List<List<String>> ours = answers(TroupeCommand.builder("shell", "--server", server.connectString()));
      List<String> different = new ArrayList<>();
      for (int i = 0; i < ALIKE.size(); i++) {
        if (!theirs.get(i).equals(ours.get(i))) {
          different.add(ALIKE.get(i) + ": " + ours.get(i) + " instead of " + theirs.get(i));
        }
      }
      assertEquals("", String.join("\n", different));
    }
  }

  private List<List<String>> answers(ProcessBuilder commandLine) throws Exception {
    List<String> lines = new ArrayList<>(List.of("printwatches off", MARK_COMMAND));
    for (String line : ALIKE) {
      lines.addAll(List.of(line, MARK_COMMAND));
    }
    Path out = directory.resolve("answers");
    Process process = commandLine.redirectErrorStream(true)
        .redirectInput(Files.write(directory.resolve("questions"), lines).toFile())
        .redirectOutput(out.toFile())
        .start();
    Await.get(process.onExit());
    List<List<String>> answers = new ArrayList<>();
    List<String> answer = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      if (line.equals(MARK)) {
        answers.add(answer);
        answer = new ArrayList<>();
      } else if (!line.isBlank()) {
        answer.add(line
            .replaceFirst("^troupe: line \\d+: \\w+: ", "")
            .replaceAll("0x[0-9a-f]+", "0x...")
            .replaceFirst("^([cm]time = ).*", "$1..."));
      }
    }
    assertEquals(ALIKE.size() + 1, answers.size(), () -> answers + " and then");
    return answers.subList(1, answers.size());
  }

  @Test
  void exitCodesTellWhatHasHappened() throws Exception {
    assertEquals(List.of("[config, quota]"), shell("ls", "/zookeeper").expect(0).out());
    assertEquals(List.of("troupe: Node does not exist: /missing"), shell("get", "/missing").expect(1).err());
    assertEquals(1, shell("get").expect(2).err().size());
    TroupeCommand away = TroupeCommand.run(
        directory, Map.of(), "shell", "--server", "127.0.0.1:" + NodeSettings.freePort(), "get", "/");
    assertTrue(away.expect(3).err().getFirst().startsWith("troupe: no server answers at 127.0.0.1:"), away::toString);
    assertEquals(List.of(), away.out());
  }

  @Test
  void aScriptIsDoneLineByLineAndItsFirstErrorIsItsExitCode() throws Exception {
    TroupeCommand script = script(List.of(
        "# what follows fails at two lines", "create /script größer", "", "get /nowhere", "gte /script", "get /script",
        "quit", "get /script")).expect(1);
    assertEquals(List.of("Created /script", "größer"), script.out());
    assertEquals(List.of(
        "troupe: line 4: get: Node does not exist: /nowhere",
        "troupe: line 5: gte: There is no command gte; 'help' lists those that there are"), script.err());
  }

  @Test
  void oneAnswerOfEachCommandIsJsonWithTheFieldsThatAreDocumented() throws Exception {
    Path members = Files.writeString(directory.resolve("members"), "nothing");
    TroupeCommand script = script(List.of(
        "create /json text", "create -s /json/child-", "create -e /json/mine bytes", "set -b /json AAH/",
        "get -s /json", "get /json/mine", "get -w /json/child-0000000000", "set /json/child-0000000000 changed",
        "ls -s /json", "ls -R /json", "stat /json", "getAllChildrenNumber /json", "getEphemerals", "sync /",
        "getAcl -s /json", "setAcl /json world:anyone:cdrwa", "setAcl -R /json world:anyone:cdrwa",
        "addauth digest anna:secret", "whoami", "addWatch /json", "removewatches /json", "printwatches",
        "setquota -n 7 /json", "listquota /json", "delquota /json", "config -s", "version", "history",
        "delete /json/mine", "deleteall /json", "connect", "close", "connect",
        "get /json", "reconfig -file " + members, "reconfig -remove 1", "setquota -n 1 /"), "--output", "json")
        .expect(1);
    SortedMap<String, Set<String>> seen = new TreeMap<>();
    List<JsonNode> events = new ArrayList<>();
    for (String line : script.out()) {
      JsonNode answer = MAPPER.readTree(line);
      if (answer.has("event")) {
        events.add(answer.get("event"));
      } else {
        Set<String> fields = seen.computeIfAbsent(answer.get("command").textValue(), command -> new TreeSet<>());
        answer.fieldNames().forEachRemaining(fields::add);
        fields.remove("command");
      }
    }
    SortedMap<String, Set<String>> documented = documented();
    assertEquals(documented.remove("config"), documented.remove("reconfig")); // which nobody here can do
    assertEquals(seen.remove("config"), Set.of("config", "stat"));
    assertEquals(documented, seen, script::toString);
    assertEquals("NodeDataChanged", events.getFirst().get("type").textValue());

    JsonNode data = MAPPER.readTree(script.out().stream().filter(line -> line.contains("\"get\"")).findFirst().get());
    assertEquals("AAH/", data.get("data").get("base64").textValue());
    assertFalse(data.get("data").has("text"));
    assertEquals(1, data.get("stat").get("version").intValue());

    List<String> errors = new ArrayList<>();
    for (String line : script.err()) {
      errors.add(MAPPER.readTree(line).get("error").textValue());
    }
    assertEquals("NONODE", errors.getFirst());
    assertEquals(List.of("WRONGINPUT", "WRONGINPUT"), List.of(errors.get(1), errors.getLast()));
    assertEquals(4, errors.size(), script::toString);
  }

  /** The fields that the guide names for each command. */
  private static SortedMap<String, Set<String>> documented() throws IOException {
    Pattern quoted = Pattern.compile("`(\\w+)`");
    SortedMap<String, Set<String>> documented = new TreeMap<>();
    String guide = Files.readString(GUIDE);
    String table = guide.substring(guide.indexOf("| command | fields |"), guide.indexOf("A stat has "));
    table.lines().skip(2).filter(line -> !line.isBlank()).forEach(line -> {
      String[] cells = line.split("\\|");
      Set<String> fields = new TreeSet<>(quoted.matcher(cells[2]).results().map(field -> field.group(1)).toList());
      quoted.matcher(cells[1]).results().forEach(command -> documented.put(command.group(1), fields));
    });
    return documented;
  }

  @Test
  void credentialsComeFromAFileAndCount() throws Exception {
    Path file = Files.writeString(directory.resolve("who"), "digest:anna:secret\n");
    script(List.of("create /guarded data auth::cdrwa"), "--auth-file", file).expect(0);
    TroupeCommand stranger = shell("get", "/guarded").expect(1);
    assertEquals(List.of("troupe: Insufficient permission : /guarded"), stranger.err());
    assertEquals(List.of("data"), shell("--auth-file", file, "get", "/guarded").expect(0).out());
    assertEquals(List.of("troupe: The server has refused the credentials, and ended the session; 'connect' begins a new"
        + " one"), shell("--auth", "nonsense:x", "get", "/").expect(1).err());
  }

  @Test
  void whatIsTypedInAPoorLocaleArrivesAsItIs() throws Exception {
    ProcessBuilder builder = TroupeCommand.builder("shell", "--server", node.process().address());
    String typed = String.join(" ", builder.command()) + " create /words $'gr\\xc3\\xb6\\xc3\\x9fer'";
    builder.command("bash", "-c", typed); // the locale of these tests may be a poor one too
    builder.environment().put("LC_ALL", "C");
    assertEquals(0, Await.get(builder.start().onExit()).exitValue());
    assertEquals("größer", node.client().read("/words"));
  }

  @Test
  void aLargeTreeIsListedAndDeleted() throws Exception {
    Client client = node.client();
    client.create("/large");
    for (int i = 0; i < 30; i++) {
      client.create("/large/" + i);
      for (int j = 0; j < 50; j++) {
        client.create("/large/" + i + "/" + j);
      }
    }
    TroupeCommand script = script(List.of("ls -R /large", "deleteall -b 100 /large", "stat /large")).expect(1);
    assertEquals(1 + 30 + 30 * 50, script.out().size());
    assertEquals(List.of("troupe: line 3: stat: Node does not exist: /large"), script.err());
  }

  @Test
  void aReaderThatHasSeenEnoughEndsALongAnswer() throws Exception {
    Client client = node.client();
    client.create("/long");
    client.create("/long/" + "x".repeat(200_000), "", CreateMode.PERSISTENT);
    Process process = TroupeCommand.builder("shell", "--server", node.connectString()).start();
    process.getInputStream().close();
    try (BufferedWriter input = process.outputWriter()) {
      input.write("ls -R /long\n");
    }
    assertEquals(0, Await.get(process.onExit()).exitValue());
    assertEquals("", new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  @Test
  void aPersonCompletesPathsAndFindsTheirLinesAgain() throws Exception {
    Client client = node.client();
    client.create("/persons");
    client.create("/persons/anna with blank", "found", CreateMode.PERSISTENT);
    Path screen = directory.resolve("screen");
    // A pseudo terminal, which Java cannot make.
    ProcessBuilder builder = TroupeCommand.builder();
    String command = builder.command().getFirst() + " shell --server " + node.process().address();
    builder.command("script", "--quiet", "--flush", "--return", "--command", command, screen.toString())
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(Map.of("XDG_STATE_HOME", directory.toString(), "TERM", "xterm"));
    Process process = builder.start();
    try (BufferedWriter keys = process.outputWriter()) {
      String prompt = "[zk: " + node.process().address() + "(CONNECTED) ";
      awaitScreen(screen, prompt + "0] ");
      press(keys, "addauth digest anna:secret\r");
      awaitScreen(screen, prompt + "1] ");
      press(keys, "get /pers\t");
      awaitScreen(screen, "get /persons");
      press(keys, "/an\t");
      awaitScreen(screen, "anna with blank");
      press(keys, "\"\r");
      awaitScreen(screen, "found");
      awaitScreen(screen, prompt + "2] ");
      press(keys, "get /nowhere\r");
      awaitScreen(screen, "Node does not exist: /nowhere");
      awaitScreen(screen, prompt + "3] ");
      press(keys, "\u0004");
      assertEquals(0, Await.get(process.onExit()).exitValue());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
    }
    Path history = directory.resolve("troupe").resolve("shell-history");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(history)));
    String kept = Files.readString(history);
    assertTrue(kept.contains("get \"/persons/anna with blank\""), kept);
    assertFalse(kept.contains("secret"), kept);
  }

  private static void press(BufferedWriter keys, String pressed) throws IOException {
    keys.write(pressed);
    keys.flush();
  }

  private static void awaitScreen(Path screen, String text) {
    Await.until("the screen shows " + text, () -> Files.exists(screen) && read(screen).contains(text));
  }

  /** Without what moves the cursor and changes colours. */
  private static String read(Path screen) {
    try {
      return Files.readString(screen, StandardCharsets.ISO_8859_1).replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
