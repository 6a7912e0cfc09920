package troupe.benchmark;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How servers are started, alone or as one of an ensemble: a line of words for each product, in which these stand for what differs from start to
 * start: {@code {home}} this project's folder, {@code {java}} the JDK's launcher, {@code {java-options}},
 * {@code {class-path}} of the benchmark and so of ZooKeeper, {@code {port}}, {@code {data}} the data directory,
 * {@code {zoo.cfg}} a ZooKeeper configuration that names both.
 */
record Commands(
    Path home,
    Path javaHome,
    String javaOptions,
    String classPath,
    Map<Product, String> lines,
    Map<Product, String> memberLines) {
  static final String TROUPE = "{home}/bin/troupe start -Dtroupe.client.host=127.0.0.1 -Dtroupe.client.port={port}"
      + " -Dtroupe.persistence.data-dir={data} -Dtroupe.client.max-connections-per-address=0"
      + " -Dtroupe.management.enabled=false";
  static final String ZOOKEEPER = "{java} {java-options} -cp {class-path}"
      + " org.apache.zookeeper.server.ZooKeeperServerMain {zoo.cfg}";

  static final String TROUPE_MEMBER = "{home}/bin/troupe start {zoo.cfg}";
  static final String ZOOKEEPER_MEMBER = "{java} {java-options} -cp {class-path}"
      + " org.apache.zookeeper.server.quorum.QuorumPeerMain {zoo.cfg}";

  Commands {
    lines = Map.copyOf(lines);
    memberLines = Map.copyOf(memberLines);
  }

  /** How a server alone is started. */
  String line(Product product) {
    return lines.get(product);
  }

  /** How one server of an ensemble is started. */
  String member(Product product) {
    return memberLines.get(product);
  }

  /** The words of one start. A place or a path with spaces in it stays one word. */
  List<String> words(String line, int port, Path data, Path zooCfg) {
    return split(line)
        .flatMap(word -> word.equals("{java-options}") ? split(javaOptions) : Stream.of(word))
        .map(word -> word
            .replace("{home}", home.toString())
            .replace("{java}", javaHome.resolve("bin/java").toString())
            .replace("{class-path}", classPath)
            .replace("{port}", Integer.toString(port))
            .replace("{data}", data.toString())
            .replace("{zoo.cfg}", zooCfg.toString()))
        .toList();
  }

  /** Keeps a script that starts a server to this JDK and these options. */
  Map<String, String> environment() {
    return Map.of("JAVA_HOME", javaHome.toString(), "TROUPE_JAVA_HOME", javaHome.toString(),
        "TROUPE_JAVA_OPTS", javaOptions);
  }

  /** And, where it is measured, from building anything on the side. */
  Map<String, String> measuredEnvironment() {
    Map<String, String> environment = new HashMap<>(environment());
    environment.put("TROUPE_NO_BUILD", "1");
    return Map.copyOf(environment);
  }

  private static Stream<String> split(String line) {
    return Arrays.stream(line.strip().split("\\s+")).filter(word -> !word.isEmpty());
  }
}
