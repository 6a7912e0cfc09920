package troupe.examples;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import troupe.client.SessionSettings;

/**
 * What an example is told on its command line.
 *
 * @param words of a process that an example has started: what it is to be
 * @param servers {@code host:port} of each, the port by which servers know each other; none: those of application.conf
 * @param host where servers and the example's other processes reach this one; none: that of application.conf
 * @param size how much there is to do; none: what suits the example
 */
record Options(List<String> words, List<String> servers, List<String> host, OptionalInt size) {
  private static final String HOST = "pekko.remote.artery.canonical.hostname";

  /** @throws IllegalArgumentException saying what is wrong */
  static Options read(List<String> arguments) {
    List<String> words = new ArrayList<>();
    List<String> servers = new ArrayList<>();
    List<String> host = new ArrayList<>();
    OptionalInt size = OptionalInt.empty();
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (!word.startsWith("--")) {
        words.add(word);
        continue;
      }
      if (++i == arguments.size()) {
        throw new IllegalArgumentException(word + " needs a value");
      }
      String value = arguments.get(i);
      switch (word) {
        case "--servers" -> servers.addAll(List.of(value.split(",")));
        case "--host" -> host.add(value);
        case "--size" -> size = OptionalInt.of(size(value));
        default -> throw new IllegalArgumentException("there is no option " + word);
      }
    }
    return new Options(words, servers, host, size);
  }

  private static int size(String value) {
    if (!value.matches("[1-9][0-9]{0,4}")) {
      throw new IllegalArgumentException("--size is '" + value + "', it has to be a number from 1 to 99999");
    }
    return Integer.parseInt(value);
  }

  /** For an actor system: application.conf, and what the command line has to add. */
  Config config() {
    Map<String, Object> said = new HashMap<>();
    if (!servers.isEmpty()) {
      said.put("troupe-client.servers", servers);
    }
    host.forEach(name -> said.put(HOST, name));
    return ConfigFactory.parseMap(said, "the command line").withFallback(ConfigFactory.load());
  }

  /** For sessions of this process. */
  SessionSettings session() {
    return SessionSettings.from(config().getConfig("troupe-client"));
  }

  /** Where this process is reached. */
  String ownHost() {
    return config().getString(HOST);
  }

  /** The same for another process of this example. */
  List<String> forChild() {
    List<String> options = new ArrayList<>();
    if (!servers.isEmpty()) {
      options.addAll(List.of("--servers", String.join(",", servers)));
    }
    host.forEach(name -> options.addAll(List.of("--host", name)));
    return options;
  }
}
