package troupe.persistence;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.actor.setup.Setup;

/**
 * The open journals of an actor system: one for each directory, shared by the journal plugin, the state store and
 * whoever reads the log by itself. Closed when the system has terminated.
 */
public final class JournalStores implements Extension {
  private static final Id ID = new Id();

  private final Config config;
  private final Optional<Given> given;
  private final Map<Path, JournalStore> open = new HashMap<>();

  private JournalStores(ActorSystem system) {
    config = system.settings().config();
    given = system.settings().setup().get(Given.class);
    system.registerOnTermination(this::close);
  }

  public static JournalStores of(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /** Part of an actor system's setup: the journal to use instead of LevelDB. It is not closed with the system. */
  public static final class Given extends Setup {
    private final JournalStore journal;

    public Given(JournalStore journal) {
      this.journal = journal;
    }
  }

  /**
   * The journal that {@code troupe.persistence} describes, opened by the first who asks. Waits for the disk.
   *
   * @throws CorruptJournalException if it is damaged
   * @throws DirectoryInUseException if another actor system has it
   */
  public synchronized JournalStore journal() {
    if (given.isPresent()) {
      return given.get().journal;
    }
    JournalSettings settings = JournalSettings.from(config.getConfig("troupe.persistence"));
    Path directory = settings.directory().toAbsolutePath().normalize();
    return open.computeIfAbsent(directory, path -> LevelDbStore.open(settings));
  }

  private synchronized void close() {
    open.values().forEach(JournalStore::close);
    open.clear();
  }

  private static final class Id extends AbstractExtensionId<JournalStores> {
    @Override
    public JournalStores createExtension(ExtendedActorSystem system) {
      return new JournalStores(system);
    }
  }
}
