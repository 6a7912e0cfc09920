package troupe.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code troupe version}: what is running here. The build writes Troupe's and Pekko's versions into a resource. */
@Command(name = "version", description = "Print the versions of Troupe, Java and Pekko.")
final class Version implements Callable<Integer>, IVersionProvider {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    for (String line : getVersion()) {
      spec.commandLine().getOut().println(line);
    }
    return 0;
  }

  /** Troupe's own. */
  static String troupe() {
    return build().getProperty("troupe");
  }

  private static Properties build() {
    Properties build = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      build.load(in);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return build;
  }

  @Override
  public String[] getVersion() {
    Properties build = build();
    return new String[] {
      "Troupe " + build.getProperty("troupe"),
      "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
      "Pekko " + build.getProperty("pekko")
    };
  }
}
