package troupe.shell;

import org.apache.zookeeper.KeeperException;
import picocli.CommandLine.Option;

/** One command with its arguments, used once. */
abstract class ShellCommand {
  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /**
   * Does it, and says to {@code dialogue} what there is to say.
   *
   * @throws KeeperException if the server refuses it, or its answer does not come
   * @throws NoConnection if there is no server to ask
   * @throws WrongInput if it makes no sense
   */
  abstract void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException;
}
