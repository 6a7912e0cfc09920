package troupe.conformance;

import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** One ensemble for all tests of a class. Each finds all of its servers in order, whatever the last one did. */
final class SharedEnsemble implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback, TestWatcher {
  private final Function<Path, EnsembleUnderTest> start;
  private EnsembleUnderTest servers;

  SharedEnsemble(int voters, int observers) {
    this(home -> EnsembleUnderTest.start(home, voters, observers));
  }

  /** @param start makes it, below a directory of its own */
  SharedEnsemble(Function<Path, EnsembleUnderTest> start) {
    this.start = start;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    servers = start.apply(SharedNode.freshHome(context.getRequiredTestClass()));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    servers.restore();
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    System.err.println(context.getDisplayName() + " failed, and the servers printed:\n" + servers.tail());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    servers.close();
  }

  EnsembleUnderTest servers() {
    return servers;
  }
}
