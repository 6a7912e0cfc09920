package troupe.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two forms of a line, from the packaged configuration of the log. */
class LogFormatTest {
  private static final Instant AT = Instant.parse("2026-11-23T06:48:59.034Z");

  private final LoggerContext context = new LoggerContext();

  private String line(String format, String message, Throwable thrown) {
    context.putProperty("troupe.log-format", format);
    context.putProperty("troupe-log.server", "3");
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    try {
      configurator.doConfigure(LogFormatTest.class.getResource("/logback.xml"));
    } catch (JoranException e) {
      throw new AssertionError(e);
    }
    Logger logger = context.getLogger("troupe.broadcast.Leader");
    LoggingEvent event = new LoggingEvent("caller", logger, Level.INFO, message, thrown, new Object[] {7});
    event.setInstant(AT);
    event.setThreadName("main");
    event.setMDCPropertyMap(Map.of("pekkoSource", "pekko://troupe/user/server"));
    var console = (ConsoleAppender<ILoggingEvent>)
        context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("console");
    return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void textIsOneLineForPeople() {
    String line = line("text", "epoch {}: leads", null);
    assertTrue(line.matches("2026-11-2\\d \\d\\d:\\d\\d:59.034 INFO  Leader           epoch 7: leads\n"), line);
  }

  @Test
  void jsonIsOneObjectALine() throws JsonProcessingException {
    String line = line("json", "epoch {}: \"leads\"\nand a second line", null);
    assertEquals(1, line.lines().count(), line);
    assertTrue(line.endsWith("}\n"), line);
    JsonNode object = new ObjectMapper().readTree(line);
    assertEquals("2026-11-23T06:48:59.034Z", object.at("/timestamp").asText());
    assertEquals(3, object.at("/server").asInt());
    assertEquals("INFO", object.at("/level").asText());
    assertEquals("troupe.broadcast.Leader", object.at("/logger").asText());
    assertEquals("main", object.at("/thread").asText());
    assertEquals("epoch 7: \"leads\"\nand a second line", object.at("/message").asText());
    assertEquals("pekko://troupe/user/server", object.at("/mdc/pekkoSource").asText());
    assertFalse(object.has("exception"));
    List<String> fields = new ArrayList<>();
    object.fieldNames().forEachRemaining(fields::add);
    assertEquals(List.of("timestamp", "server", "level", "logger", "thread", "message", "mdc"), fields);
  }

  @Test
  void anExceptionIsPartOfItsLine() throws JsonProcessingException {
    String line = line("json", "a bug", new IllegalStateException("outer", new RuntimeException("inner")));
    assertEquals(1, line.lines().count(), line);
    String exception = new ObjectMapper().readTree(line).at("/exception").asText();
    assertTrue(exception.contains("java.lang.IllegalStateException: outer"), exception);
    assertTrue(exception.contains("java.lang.RuntimeException: inner"), exception);
    assertTrue(exception.contains("\n\tat " + LogFormatTest.class.getName()), exception);
  }

  /** Else Logback prints all that it has done before the first line. */
  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void theConfigurationIsInOrder(String format) {
    line(format, "anything", null);
    List<Status> complaints = context.getStatusManager().getCopyOfStatusList().stream()
        .filter(status -> status.getEffectiveLevel() > Status.INFO).toList();
    assertEquals(List.of(), complaints);
  }
}
