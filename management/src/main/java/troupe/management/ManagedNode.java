package troupe.management;

import com.typesafe.config.Config;
import java.nio.file.Path;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.actors.Server;
import troupe.ensemble.Ensemble;
import troupe.gateway.Gateway;
import troupe.persistence.JournalStore;

/**
 * The node that is looked after, as whoever put it together hands it over.
 *
 * @param version of the program
 * @param dataDirectory with the snapshots, and the log unless that has one of its own
 * @param snapshots the directory with the snapshot files
 * @param logDirectory whose disk must not run full
 * @param config the block {@code troupe}, as it counts
 * @param beginAgain ends the node and begins it again, with what {@link troupe.persistence.Restoration} has prepared
 */
public record ManagedNode(
    String version,
    Ensemble ensemble,
    ActorRef<Server.Command> server,
    Gateway.Port port,
    JournalStore journal,
    Path dataDirectory,
    Path snapshots,
    Path logDirectory,
    Config config,
    Runnable beginAgain) {}
