package troupe.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simulator finds bugs: each of these, most of them known from history (SCENARIOS), is put into a server's source,
 * and some world has to go wrong. With {@code mvn -pl simulation -am verify -Dmutations}; it takes minutes.
 */
class MutationsTest {
  private static final int SEEDS = 1000;

  /**
   * @param file below the folder of all modules
   * @param from what it says, once
   * @param to what it would say with the bug
   */
  private record Mutation(String bug, String file, String from, String to) {
    @Override
    public String toString() {
      return bug;
    }
  }

  private static Mutation mutation(String bug, String type, String from, String to) {
    int dot = type.indexOf('.');
    String module = type.substring(0, dot);
    return new Mutation(
        bug, module + "/src/main/java/troupe/" + module + "/" + type.substring(dot + 1) + ".java", from, to);
  }

  /** With {@code -Dmutations=WORD} only those that have it in their names. */
  static List<Mutation> mutations() {
    String word = System.getProperty("mutations");
    return all().stream().filter(each -> word.equals("true") || each.bug.contains(word)).toList();
  }

  private static List<Mutation> all() {
    return List.of(
        mutation("ack before fsync (ZOOKEEPER-4646)", "broadcast.Following",
            "        yield Behaviors.same();\n      }\n      case FromLeader.Commit",
            "        setup.send(new FromLearner.Ack(propose.batch().last()));\n"
                + "        yield Behaviors.same();\n      }\n      case FromLeader.Commit"),
        mutation("epoch raised before the history is durable (ZOOKEEPER-4643)", "broadcast.Following",
            "  Behavior<Learner.Command> enter() {\n",
            "  Behavior<Learner.Command> enter() {\n    setup.around.log().tell(new TransactionLog.EstablishEpoch("
                + "epoch, setup.context.getSystem().ignoreRef()));\n"),
        mutation("a leader is elected without a look at its history", "election.Vote",
            "return history != 0 ? history > 0 :", "return"),
        mutation("one ack is a quorum", "broadcast.Proposal", "if (!quorum.isReachedBy(acks)) {", "if (acks.isEmpty()) {"),
        mutation("a promise before it is durable", "broadcast.Joining",
            "setup.around.log().tell(new TransactionLog.AcceptEpoch(epoch, setup.logReplies));\n    return Behaviors.same();",
            "return acknowledge(epoch, true);"),
        mutation("clients let in before what was committed is applied (ZOOKEEPER-3023)", "broadcast.Following",
            "setup.around.replica().tell(new Replica.Tell<>(setup.server, new Learner.UpToDate(epoch)));",
            "setup.server.tell(new Learner.UpToDate(epoch));"),
        mutation("a received snapshot counts before it is on the disk (ZOOKEEPER-3642)", "persistence.SnapshotSink",
            "    channel.force(true);\n", ""),
        mutation("a gap is accepted (ZOOKEEPER-4785)", "broadcast.Conversation", "if (number > last + 1) {", "if (number < 0) {"),
        mutation("ephemerals survive their session (ZOOKEEPER-2355)", "tree.Preparation",
            "new Change.SessionClosed(tree.ephemeralsOf(requester.session()))", "new Change.SessionClosed(List.of())"),
        mutation("what was given up is kept in memory (ZOOKEEPER-2845)", "broadcast.Intake",
            "if (!beginConfirmed && !begin.isAfter(committed)) {", "if (!beginConfirmed) {"),
        mutation("the state before the event", "session.Serving",
            "if (view.isEmpty() && (leaderless || setup.handle().announced() != received || !told.isEmpty())) {",
            "if (view.isEmpty() && leaderless) {"),
        mutation("a read does not wait for the writes before it", "session.Serving",
            "if (queue.isEmpty() && request instanceof Read read) {", "if (request instanceof Read read) {"),
        mutation("an answer to an earlier connection", "session.Resuming",
            "case Delivery.Synced synced when synced.cxid() == claim ->", "case Delivery.Synced synced when synced.tree() != null ->"),
        mutation("a notice changes places with a transaction", "broadcast.Broadcasting",
            "if (noticed.contains(transaction.session())) {\n      propose();", "if (false) {\n      propose();"),
        mutation("what may be done yet is sent again", "session.Serving",
            "if (sameEpoch && !unanswered.isEmpty()) {", "if (false) {"),
        mutation("what was committed without a leader is not told", "actors.Staff",
            "if (!unshown.isEmpty()) {", "if (false) {"),
        mutation("a session is kept where its client has left", "broadcast.Broadcasting",
            "if (claim.kept() && elsewhere) {", "if (false) {"),
        mutation("a move is not in the log", "broadcast.Broadcasting",
            "if (!claim.kept() && (elsewhere || home.isEmpty())) {", "if (false) {"),
        mutation("an answer that was lost with its leader is passed over", "session.Serving",
            "end = Optional.of(\"an answer was lost with the leader\");", ""),
        mutation("sessions end early", "session.SessionTracker",
            "return (int) ((timeout + beat - 1) / beat) + 2;", "return (int) (timeout / beat / 2);"));
  }

  /** In every build, so that a change of the sources does not quietly leave one behind. */
  @Test
  void eachStillFitsTheSources(@TempDir Path directory) throws IOException {
    for (Mutation mutation : all()) {
      compile(mutation, Files.createTempDirectory(directory, "mutation"));
    }
  }

  @ParameterizedTest
  @MethodSource("mutations")
  @EnabledIfSystemProperty(named = "mutations", matches = ".*")
  void isFound(Mutation mutation, @TempDir Path classes) throws Exception {
    compile(mutation, classes);
    StringWriter said = new StringWriter();
    int found;
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new TroupeAnew(urls(classes))) {
      Thread.currentThread().setContextClassLoader(loader);
      found = (int) loader.loadClass(Simulate.class.getName())
          .getMethod("run", PrintWriter.class, String[].class)
          .invoke(null, new PrintWriter(said, true),
              new String[] {"--seeds", Integer.toString(SEEDS), "--until-failure"});
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
    String first = said.toString().lines().filter(line -> line.startsWith("seed ")).findFirst().orElse("no seed");
    System.out.println(mutation + ": " + first);
    assertEquals(1, found, said.toString());
  }

  private static void compile(Mutation mutation, Path classes) throws IOException {
    Path source = Path.of("..").resolve(mutation.file);
    String text = Files.readString(source);
    assertEquals(2, text.split(Pattern.quote(mutation.from), -1).length, source + " has changed: "
        + mutation.from);
    Path mutated = Files.createDirectories(classes.resolve("source")).resolve(source.getFileName());
    Files.writeString(mutated, text.replace(mutation.from, mutation.to));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    boolean compiled = compiler.getTask(errors, null, null,
        List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-nowarn"), null,
        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(mutated)).call();
    assertTrue(compiled, errors::toString);
  }

  /** The mutated class first, then everything that the tests have. */
  private static URL[] urls(Path classes) throws IOException {
    List<URL> urls = new ArrayList<>(List.of(classes.toUri().toURL()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return urls.toArray(URL[]::new);
  }

  /** Loads Troupe's classes itself and leaves all others to the tests' own loader, which has them warm. */
  private static final class TroupeAnew extends URLClassLoader {
    TroupeAnew(URL[] urls) {
      super(urls, MutationsTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        if (!name.startsWith("troupe.")) {
          return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }
}
