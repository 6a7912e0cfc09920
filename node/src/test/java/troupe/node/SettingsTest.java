package troupe.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  private static final String PORT = "troupe.client.port";

  @TempDir private Path dir;

  @Test
  void withoutAnythingTheDefaultsHold() {
    Config config = load(Map.of());
    assertEquals(2181, config.getInt(PORT));
    assertTrue(config.hasPath("pekko.actor.provider"), "the libraries' defaults are there too");
    assertEquals("INFO", config.getString("troupe.log-level"));
  }

  @Test
  void anArgumentWinsOverASystemPropertyThatOverTheFileAndThatOverTheDefaults() throws IOException {
    Optional<Path> file = file("my.conf", "troupe.client { port = 1, host = file, max-outstanding = 1 }");
    Properties system = new Properties();
    system.setProperty(PORT, "2");
    system.setProperty("troupe.client.host", "system");
    Config config = Settings.load(file, Map.of(PORT, "3"), system).config();
    assertEquals(3, config.getInt(PORT));
    assertEquals("system", config.getString("troupe.client.host"));
    assertEquals(1, config.getInt("troupe.client.max-outstanding"));
    assertEquals(Duration.ofSeconds(2), config.getDuration("troupe.tick"));
  }

  @Test
  void jsonAndPropertiesFilesCountToo() throws IOException {
    assertEquals(5, load(file("my.json", "{\"troupe\": {\"client\": {\"port\": 5}}}")).getInt(PORT));
    assertEquals(6, load(file("my.properties", "troupe.client.port=6")).getInt(PORT));
  }

  @Test
  void aNumberedKeyIsAnElementOfAList() {
    Config config = load(Map.of("troupe.client.four-letter-words.0", "ruok", "troupe.client.four-letter-words.1", "*"));
    assertEquals(List.of("ruok", "*"), config.getStringList("troupe.client.four-letter-words"));
  }

  @Test
  void aSubstitutionInAFileSeesTheDefaultsAndTheFilesOwnValues() throws IOException {
    Config config = load(file("my.conf", """
        port-of-mine = 7
        troupe.client.port = ${port-of-mine}
        troupe.session.max-timeout = ${troupe.tick}
        """));
    assertEquals(7, config.getInt(PORT));
    assertEquals(Duration.ofSeconds(2), config.getDuration("troupe.session.max-timeout"));
  }

  @ParameterizedTest
  @CsvSource({
    "troupe.clientPort,             troupe.client.port",
    "troupe.client.prot,            troupe.client.port",
    "troupe.client.portt,           troupe.client.port",
    "troupe.port,                   troupe.client.port",
    "troupe.clients.port,           troupe.client.port",
    "client.port,                   troupe.client.port",
    "trupe.persistence.data-dir,    troupe.persistence.data-dir",
    "troupe.persistence.datadir,    troupe.persistence.data-dir",
  })
  void anUnknownArgumentIsRefusedAndTheNearestSettingNamed(String typed, String meant) {
    assertRefused(Map.of(typed, "1"), "command line: there is no setting " + typed + "; the nearest is " + meant);
  }

  @Test
  void anUnknownKeyOfAFileIsRefusedWithItsLine() throws IOException {
    Optional<Path> file = file("my.conf", "troupe {\n  client {\n    pot = 1\n  }\n}");
    assertRefused(file, file.get() + ": 3: there is no setting troupe.client.pot; the nearest is troupe.client.port");
  }

  @Test
  void aFileWithoutTheLeadingTroupeIsRefused() throws IOException {
    Optional<Path> file = file("my.conf", "client.port = 1");
    assertRefused(file, file.get() + ": 1: there is no setting client.port; the nearest is troupe.client.port");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "troupe.client.port            | x     | a whole number",
    "troupe.client.port            | 1.5   | a whole number",
    "troupe.tick                   | 2000  | a duration with its unit, such as 2s or 500ms,",
    "troupe.tick                   | 2 eons| a duration with its unit, such as 2s or 500ms,",
    "troupe.client.unread-limit    | 1 acre| a size, such as 64MiB,",
    "troupe.management.enabled     | maybe | true or false",
    "troupe.client.four-letter-words | *   | a list (as an argument: number its elements, key.0=...)",
    "troupe.client                 | 2181  | a block of settings",
  })
  void aValueOfTheWrongKindIsRefused(String key, String value, String needed) {
    assertRefused(Map.of(key, value), "command line: " + key + " = " + value + ": " + needed + " is needed");
  }

  @Test
  void aNullIsRefused() throws IOException {
    Optional<Path> file = file("my.conf", "troupe.client.host = null");
    assertRefused(file, file.get() + ": 1: troupe.client.host = null: text is needed");
  }

  @Test
  void aSyntaxErrorIsRefusedInOneLineWithItsPlace() throws IOException {
    Optional<Path> file = file("my.conf", "troupe {\n  client { port = ]\n}");
    String message = assertThrows(Refused.class, () -> load(file)).getMessage();
    assertEquals(1, message.lines().count());
    assertEquals(file.get() + ": 2", message.substring(0, (file.get() + ": 2").length()));
  }

  @Test
  void aMissingFileAndAnUnknownKindOfFileAreRefused() throws IOException {
    Path missing = dir.resolve("missing.conf");
    assertRefused(Optional.of(missing), missing + ": there is no such file, or it cannot be read");
    Optional<Path> yaml = file("my.yaml", "");
    assertRefused(yaml, yaml.get() + ": the name must end in .conf, .json, .properties, or .cfg for a zoo.cfg");
  }

  @Test
  void zooKeepersPropertiesBelongToAZooCfgOnly() throws IOException {
    Map<String, String> extended = Map.of("zookeeper.extendedTypesEnabled", "true");
    assertThrows(Refused.class, () -> load(extended));
    Config config = Settings.load(file("zoo.cfg", "clientPort=2183"), extended, new Properties()).config();
    assertEquals(2183, config.getInt(PORT));
    assertTrue(config.getBoolean("troupe.tree.extended-types"));
  }

  private Optional<Path> file(String name, String text) throws IOException {
    return Optional.of(Files.writeString(dir.resolve(name), text));
  }

  private static Config load(Optional<Path> file) {
    return Settings.load(file, Map.of(), new Properties()).config();
  }

  private static Config load(Map<String, String> arguments) {
    return Settings.load(Optional.empty(), arguments, new Properties()).config();
  }

  private static void assertRefused(Optional<Path> file, String message) {
    assertEquals(message, assertThrows(Refused.class, () -> load(file)).getMessage());
  }

  private static void assertRefused(Map<String, String> arguments, String message) {
    assertEquals(message, assertThrows(Refused.class, () -> load(arguments)).getMessage());
  }
}
