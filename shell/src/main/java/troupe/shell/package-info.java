/**
 * The shell: ZooKeeper's command line for people and scripts, on the client port of Troupe or of Apache ZooKeeper.
 *
 * <p>Start at {@link troupe.shell.Shell}. Words come from the command line, from a script ({@code Script}) or from a
 * person ({@code Keyboard}); {@code Commands} makes a {@code ShellCommand} of them, which has a {@code Dialogue} to work
 * with: the {@code Connection}, and the {@code Printer} for what it has to say. Knows nothing of Pekko, nor of the rooms
 * of the server: a client is all that it is. Source: ZooKeeper's ZooKeeperMain and org.apache.zookeeper.cli.
 */
package troupe.shell;
