package troupe.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * A command that was run, and what it said.
 *
 * @param out its standard output
 * @param err its standard error
 */
record Asked(int code, String out, String err) {
  @Command(name = "troupe")
  private static final class Root {}

  static Asked troupe(String... arguments) {
    return troupe(Map.of(), arguments);
  }

  static Asked troupe(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Tools.addTo(new CommandLine(new Root()), environment)
        .setParameterExceptionHandler(Tools::refuse)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
    return new Asked(line.execute(arguments), out.toString(), err.toString());
  }

  Asked expect(int expected) {
    assertEquals(expected, code, this::toString);
    return this;
  }

  List<String> lines() {
    return out.lines().toList();
  }

  List<JsonNode> json() throws IOException {
    List<JsonNode> objects = new ArrayList<>();
    for (String line : lines()) {
      objects.add(new ObjectMapper().readTree(line));
    }
    return objects;
  }
}
