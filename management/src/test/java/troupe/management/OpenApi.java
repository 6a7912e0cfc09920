package troupe.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;

/** The document that the management port serves, for tests to hold against what is there. */
final class OpenApi {
  static final ObjectMapper MAPPER = new ObjectMapper();
  static final JsonNode DOCUMENT = read();

  /** A date-time has to be one. */
  private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12,
      registry -> registry.schemaRegistryConfig(
          SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  /**
   * One request that the document describes.
   *
   * @param path with parameters in braces
   * @param parameters those of the path's entry as well, references followed
   */
  record Operation(String method, String path, JsonNode description, List<JsonNode> parameters) {
    boolean documents(int status) {
      return description.at("/responses").has(String.valueOf(status));
    }

    JsonNode response(int status) {
      return follow(description.at("/responses").path(String.valueOf(status)));
    }

    boolean isAbout(String tag) {
      return description.path("tags").get(0).asText().equals(tag);
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private OpenApi() {}

  private static JsonNode read() {
    try (InputStream in = Routes.class.getResourceAsStream("/troupe/openapi.json")) {
      return MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : DOCUMENT.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> entry : path.getValue().properties()) {
        if (!entry.getKey().equals("parameters")) {
          List<JsonNode> parameters = new ArrayList<>();
          path.getValue().path("parameters").forEach(each -> parameters.add(follow(each)));
          entry.getValue().path("parameters").forEach(each -> parameters.add(follow(each)));
          operations.add(new Operation(
              entry.getKey().toUpperCase(Locale.ROOT), path.getKey(), entry.getValue(), List.copyOf(parameters)));
        }
      }
    }
    return operations;
  }

  /** What a reference leads to; anything else itself. */
  static JsonNode follow(JsonNode node) {
    return node.has("$ref") ? DOCUMENT.at(node.get("$ref").asText().substring(1)) : node;
  }

  static JsonNode schemas() {
    return DOCUMENT.at("/components/schemas");
  }

  /** What is wrong with this value, going by a schema of the document. */
  static List<String> faults(JsonNode schema, JsonNode value) {
    ObjectNode whole = MAPPER.createObjectNode();
    whole.putArray("allOf").add(schema);
    whole.set("components", DOCUMENT.get("components")); // where its references lead to
    return texts(REGISTRY.getSchema(whole).validate(value));
  }

  /** What is wrong with this schema, going by JSON Schema. */
  static List<String> faultsOfSchema(JsonNode schema) {
    SchemaLocation dialect = SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId());
    return texts(REGISTRY.getSchema(dialect).validate(schema));
  }

  private static List<String> texts(Iterable<Error> errors) {
    return StreamSupport.stream(errors.spliterator(), false).map(Error::toString).toList();
  }
}
