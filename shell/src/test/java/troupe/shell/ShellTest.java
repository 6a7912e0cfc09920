package troupe.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What needs no server. The rest is in {@code conformance}. */
class ShellTest {
  @Command(name = "troupe")
  private static final class Root {}

  @TempDir private Path directory;

  private record Asked(int code, String out, String err) {
    Asked expect(int expected) {
      assertEquals(expected, code, this::toString);
      return this;
    }
  }

  private static Asked shell(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine troupe = new CommandLine(new Root())
        .addSubcommand(Shell.commandLine(Map.of(), "1.2.3"))
        .setExpandAtFiles(false)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
    String[] all = new String[arguments.length + 1];
    all[0] = "shell";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return new Asked(troupe.execute(all), out.toString(), err.toString());
  }

  /** A script on a server that there is not. */
  private static Asked script(boolean stopAtError, String... lines) throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (Dialogue dialogue = dialogue(out, err)) {
      int code = Script.run(new BufferedReader(new StringReader(String.join("\n", lines))), dialogue,
          new Complaints(new PrintWriter(err), false), stopAtError);
      return new Asked(code, out.toString(), err.toString());
    }
  }

  private static Dialogue dialogue(StringWriter out, StringWriter err) throws IOException {
    Connection.Settings settings = new Connection.Settings(Duration.ofSeconds(5), false, false, List.of());
    return new Dialogue(new Dialogue.Setup("127.0.0.1:" + closedPort(), settings, "1.2.3", false),
        new Printer(new PrintWriter(out), false), new PrintWriter(err));
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  @Test
  void theHelpNamesEveryCommand() {
    String help = shell("--help").expect(Exit.DONE).out();
    List<String> named = List.of(help.split("[\\s,]+"));
    assertEquals(List.of(),
        Commands.names().stream().filter(name -> !named.contains(name) && !name.equals("exit")).toList());
    assertTrue(help.lines().count() < 65, help);
  }

  @Test
  void everyCommandTellsWhatItUnderstandsWithoutAServer() {
    String overview = shell("help").expect(Exit.DONE).out();
    for (String name : Commands.names()) {
      String help = shell("help", name).expect(Exit.DONE).out();
      assertTrue(help.startsWith("Usage: " + name), help);
      assertEquals(help, shell(name, "--help").expect(Exit.DONE).out());
      assertTrue(overview.lines().anyMatch(line -> line.startsWith(name + " ")), name);
    }
  }

  @Test
  void whatIsTypedWrongIsOneLineAndCodeTwoWithoutAServer() {
    for (List<String> wrong : List.of(
        List.of("gte", "/x"), List.of("get"), List.of("get", "x"), List.of("get", "-z", "/x"),
        List.of("get", "/x", "true"), List.of("create", "-c", "-e", "/x"), List.of("create", "-t", "0", "/x"),
        List.of("create", "-t", "5", "-e", "/x"), List.of("create", "/x", "data", "world:anyone"),
        List.of("create", "/x/"), List.of("set", "/x"), List.of("set", "-v", "one", "/x", "data"),
        List.of("set", "-b", "/x", "no base64!"), List.of("deleteall", "/"), List.of("setAcl", "/x", "r"),
        List.of("addWatch", "-m", "SOMETIMES", "/x"), List.of("removewatches", "-c", "-d", "/x"),
        List.of("printwatches", "maybe"), List.of("setquota", "/x"), List.of("setquota", "-n", "0", "/x"),
        List.of("setquota", "-n", "5", "/zookeeper/config"), List.of("reconfig"),
        List.of("reconfig", "-add", "1=a:1:2", "-members", "b"), List.of("reconfig", "-file", "/no/such/file"),
        List.of("getEphemerals", "x"), List.of("redo", "0"), List.of("help", "gte"), List.of("connect", ""), List.of("connect", "host:port"))) {
      Asked refused = shell(wrong.toArray(String[]::new)).expect(Exit.WRONG);
      assertEquals("", refused.out());
      assertEquals(1, refused.err().lines().count(), refused::toString);
      assertTrue(refused.err().startsWith("troupe: "), refused::toString);
    }
  }

  @Test
  void aLikelyCommandIsNamed() {
    assertEquals("troupe: There is no command getacl, but there is getAcl\n", shell("getacl", "/x").err());
  }

  @Test
  void dataMayBeginWithAMinusBehindTwo() {
    assertTrue(shell("set", "/x", "-data").expect(Exit.WRONG).err().endsWith(", and what comes behind -- is no option\n"));
    assertEquals(Exit.NO_CONNECTION, shell("--server", "localhost:1", "set", "--", "/x", "-data").code());
  }

  @Test
  void withoutAServerIsCodeThreeAndSaysWhere() throws IOException {
    int port = closedPort();
    Asked nobody = shell("-server", "127.0.0.1:" + port, "get", "/x").expect(Exit.NO_CONNECTION);
    assertEquals("troupe: no server answers at 127.0.0.1:" + port + "\n", nobody.err());
    Asked patient = shell("--server", "127.0.0.1:" + port, "--wait", "--timeout", "100ms", "get", "/x")
        .expect(Exit.NO_CONNECTION);
    assertEquals("troupe: no server answers at 127.0.0.1:" + port + " within 100 ms\n", patient.err());
  }

  @Test
  void anErrorIsAnObjectWhereJsonWasAskedFor() throws IOException {
    JsonNode error = new ObjectMapper().readTree(shell("--output", "json", "get").expect(Exit.WRONG).err());
    assertEquals("get", error.get("command").asText());
    assertEquals("WRONGINPUT", error.get("error").asText());
    assertTrue(error.get("message").asText().contains("PATH"), error::toString);
  }

  @Test
  void theCodeOfAScriptIsThatOfTheFirstLineThatFailsAndTheRestIsDone() throws Exception {
    Asked asked = script(false, "# a comment", "", "oops digest anna:secret", "version", "  #", "redo 9", "history");
    asked.expect(Exit.WRONG);
    assertTrue(asked.out().startsWith("Troupe shell 1.2.3, ZooKeeper client "), asked::toString);
    List<String> complaints = asked.err().lines().toList();
    assertTrue(complaints.getFirst().startsWith("troupe: line 3: oops: There is no command oops"), asked::toString);
    assertTrue(complaints.getLast().startsWith("troupe: line 6: redo: there is no command 9"), asked::toString);
    assertFalse(asked.err().contains("secret"), asked::toString);
    assertTrue(asked.out().endsWith("1 - version\n2 - redo 9\n3 - history\n"), asked::toString);
  }

  @Test
  void aScriptEndsAtTheFirstErrorIfItIsTold() throws Exception {
    Asked asked = script(true, "oops", "version").expect(Exit.WRONG);
    assertEquals("", asked.out());
  }

  @Test
  void aScriptEndsWhenThereIsNoServer() throws Exception {
    Asked asked = script(false, "ls /", "version").expect(Exit.NO_CONNECTION);
    assertEquals("", asked.out());
    assertEquals(1, asked.err().lines().count());
  }

  @Test
  void aScriptEndsWhenItSaysSo() throws Exception {
    Asked asked = script(false, "printwatches off", "printwatches", "quit", "version").expect(Exit.DONE);
    assertEquals("printwatches is off\n", asked.out());
  }

  @Test
  void behindQuitNothingMoreIsRead() throws Exception {
    try (PipedWriter typed = new PipedWriter(); Dialogue dialogue = dialogue(new StringWriter(), new StringWriter());
        BufferedReader lines = new BufferedReader(new PipedReader(typed))) {
      typed.write("quit\n"); // and not closed: another line would be waited for
      Complaints complaints = new Complaints(new PrintWriter(new StringWriter()), false);
      assertEquals(Exit.DONE, Script.run(lines, dialogue, complaints, false));
    }
  }

  @Test
  void whereClientsConnectIsTakenFromTheConfiguration() {
    assertEquals("100 zoo1:2181,0.0.0.0:2182,[::1]:2183", EnsembleCommands.forClients(
        "server.1=a:1:2:participant;zoo1:2181\nserver.2=b:1:2;2182\nserver.3=c:1:2;[::1]:2183\nserver.4=d:1:2\nversion=100"));
    assertEquals(" ", EnsembleCommands.forClients("null"));
  }

  @Test
  void aQuoteThatIsNotClosedIsAnError() throws Exception {
    assertTrue(script(false, "help 'get").expect(Exit.WRONG).err().contains("a quote is not closed"));
  }

  @Test
  void secretsAreHiddenInTheHistory() throws Exception {
    Asked asked = script(false, "history addauth", "addauth digest anna:secret extra", "history");
    assertFalse(asked.out().contains("secret") || asked.err().contains("secret"), asked::toString);
    assertTrue(asked.out().contains("1 - addauth digest (hidden)"), asked::toString);
  }

  @Test
  void credentialsComeFromAFile() throws IOException {
    Path file = Files.writeString(directory.resolve("who"), "# who I am\n\ndigest:anna:geheim\nip:\n");
    assertEquals(List.of(new Credential("digest", "anna:geheim"), new Credential("ip", "")), Credential.read(file));
    assertEquals("digest:(hidden)", Credential.read(file).getFirst().toString());
    Files.writeString(file, "anna");
    Asked wrong = shell("--auth-file", file.toString(), "version").expect(Exit.WRONG);
    assertTrue(wrong.err().contains("SCHEME:CREDENTIAL"), wrong::toString);
    assertTrue(shell("--auth-file", "/no/such/file", "version").expect(Exit.WRONG).err().contains("cannot be read"));
  }
}
