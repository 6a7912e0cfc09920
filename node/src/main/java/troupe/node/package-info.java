/**
 * The program: what a person types, and the assembly of one node behind it.
 *
 * <p>Start at {@link troupe.node.Troupe}, the command line. Which setting wins: {@code Settings}. What is refused:
 * {@code SettingsCheck}. How a ZooKeeper configuration becomes one of ours: {@code ZooCfg}. What then runs stands
 * behind {@code NodeRunner}. The launcher, which finds a JDK and builds what is missing, is {@code bin/troupe}.
 */
package troupe.node;
