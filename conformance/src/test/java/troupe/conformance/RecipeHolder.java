package troupe.conformance;

import static troupe.conformance.ActorApplication.get;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import troupe.client.Fence;
import troupe.client.TroupeClient;
import troupe.recipes.Claim;
import troupe.recipes.Holding;
import troupe.recipes.Lock;

/**
 * A process of its own that gets a lock, and then writes for as long as it believes to hold it: it prints a line for each
 * write, with its fence, and for each thing that it is told. Paused or cut off, it is what fences are for.
 */
final class RecipeHolder implements AutoCloseable {
  static final Duration SESSION_TIMEOUT = Duration.ofSeconds(4);

  private static final Duration BETWEEN_WRITES = Duration.ofMillis(20);
  private static final String WRITE = "write ";

  private final Process process;
  private final List<String> told = new CopyOnWriteArrayList<>();

  private RecipeHolder(Process process, Consumer<Fence> store) {
    this.process = process;
    Thread.ofVirtual().start(() -> read(store));
  }

  /**
   * Starts one.
   *
   * @param within words before its command
   * @param store gets what it writes
   */
  static RecipeHolder start(
      List<String> within, String host, EnsembleUnderTest servers, String path, Consumer<Fence> store) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(RecipeHolder.class.getName(), path, host));
    arguments.addAll(servers.peerAddresses());
    ProcessBuilder command = Subject.java(arguments.toArray(String[]::new));
    command.command().addAll(0, within);
    Process process = command.redirectErrorStream(true).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new RecipeHolder(process, store);
  }

  private void read(Consumer<Fence> store) {
    try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(WRITE)) {
          store.accept(new Fence("its", Long.parseUnsignedLong(line.substring(WRITE.length()))));
        } else {
          told.add(line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean wasTold(Class<? extends Claim.Event> event) {
    return told.contains(event.getSimpleName());
  }

  void awaitTold(Class<? extends Claim.Event> event) {
    Await.until("it is told " + event.getSimpleName(), () -> {
      if (!process.isAlive() && !wasTold(event)) {
        throw new AssertionError("it has ended: " + told);
      }
      return wasTold(event);
    });
  }

  void pause() {
    Shell.run("kill", "-STOP", Long.toString(process.pid()));
  }

  void resume() {
    Shell.run("kill", "-CONT", Long.toString(process.pid()));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    ActorApplication application = ActorApplication.join(words.get(1), words.subList(2, words.size()));
    TroupeClient client =
        get(TroupeClient.open(application.system(), application.settings().withTimeout(SESSION_TIMEOUT)));
    Holding holding = get(Lock.of(application.system(), client, words.getFirst()).acquire());
    application.system().scheduler().scheduleAtFixedRate(Duration.ZERO, BETWEEN_WRITES, () -> {
      if (holding.isHeld()) {
        System.out.println(WRITE + Long.toUnsignedString(holding.fence().zxid()));
      }
    }, application.system().executionContext());
    holding.onEvent(event -> System.out.println(event.getClass().getSimpleName()));
  }
}
