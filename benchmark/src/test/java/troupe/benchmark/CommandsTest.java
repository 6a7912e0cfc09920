package troupe.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandsTest {
  private static final Path DATA = Path.of("/my data");
  private static final Path ZOO_CFG = Path.of("/zoo.cfg");

  @Test
  void placesAreFilledInAndStayOneWordEach() {
    assertEquals(
        List.of("/my jdk/bin/java", "-Xmx1g", "-Xss1m", "-cp", "/my lib/*", "Main", "/zoo.cfg"),
        words("{java} {java-options} -cp {class-path} Main {zoo.cfg}", "-Xmx1g  -Xss1m"));
    assertEquals(
        List.of("/my home/bin/troupe", "-Dport=2181", "-Ddata=/my data"),
        words(" {home}/bin/troupe -Dport={port} -Ddata={data} ", "-Xmx1g"));
  }

  @Test
  void noOptionsAreNoWord() {
    assertEquals(List.of("/my jdk/bin/java", "Main"), words("{java} {java-options} Main", ""));
  }

  private static List<String> words(String line, String javaOptions) {
    Commands commands = new Commands(
        Path.of("/my home"), Path.of("/my jdk"), javaOptions, "/my lib/*", Map.of(), Map.of());
    return commands.words(line, 2181, DATA, ZOO_CFG);
  }
}
