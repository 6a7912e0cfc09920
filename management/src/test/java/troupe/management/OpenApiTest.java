package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The document as it stands: is it sound, and does it have what the sources have? */
class OpenApiTest {
  /** What the routes match, in the sources. */
  private static final Pattern MATCHED =
      Pattern.compile("\\b(?:path|pathPrefix|segment|slash)\\(\\s*\"([^\"]+)\"");

  /** Pages for people; nobody programs against them. */
  private static final Set<String> PAGES = Set.of("console", "favicon.ico");

  /** Their answers are maps. */
  private static final Set<String> WITHOUT_RECORD = Set.of("Error", "SignedIn");

  @Test
  void theDocumentSaysWhatItIs() {
    assertTrue(OpenApi.DOCUMENT.at("/openapi").asText().startsWith("3.1."));
    assertFalse(OpenApi.DOCUMENT.at("/info/title").asText().isEmpty());
    assertFalse(OpenApi.DOCUMENT.at("/info/version").asText().isEmpty());
    assertEquals(Set.of("basic", "bearer"), names(OpenApi.DOCUMENT.at("/components/securitySchemes")));
  }

  @Test
  void everyReferenceLeadsSomewhereAndEverythingIsReferredTo() {
    Set<String> referred = new TreeSet<>(OpenApi.DOCUMENT.findValuesAsText("$ref"));
    for (String reference : referred) {
      assertFalse(OpenApi.DOCUMENT.at(reference.substring(1)).isMissingNode(), reference);
    }
    for (String kind : List.of("parameters", "responses", "schemas")) {
      for (String name : names(OpenApi.DOCUMENT.at("/components/" + kind))) {
        assertTrue(referred.contains("#/components/" + kind + "/" + name), kind + "/" + name + " is not used");
      }
    }
  }

  @Test
  void everySchemaIsOne() {
    List<JsonNode> schemas = new ArrayList<>(OpenApi.DOCUMENT.get("paths").findValues("schema"));
    schemas.addAll(OpenApi.DOCUMENT.get("components").findValues("schema"));
    OpenApi.schemas().forEach(schemas::add);
    for (JsonNode schema : schemas) {
      assertEquals(List.of(), OpenApi.faultsOfSchema(schema), schema.toString());
    }
  }

  @Test
  void everyOperationTellsWhatItTakesAndAnswers() {
    Set<String> tags = new HashSet<>(OpenApi.DOCUMENT.get("tags").findValuesAsText("name"));
    Set<String> ids = new HashSet<>();
    for (OpenApi.Operation operation : OpenApi.operations()) {
      JsonNode description = operation.description();
      assertTrue(ids.add(description.path("operationId").asText()), operation + ": its operationId is not its own");
      assertFalse(description.path("summary").asText().isEmpty(), operation + " has no summary");
      assertTrue(tags.contains(description.at("/tags/0").asText()), operation + " has no known tag");
      assertTrue(description.path("security").isArray(), operation + " does not say who may");
      description.get("security").forEach(way -> assertTrue(
          names(OpenApi.DOCUMENT.at("/components/securitySchemes")).containsAll(names(way)), operation.toString()));
      boolean open = description.get("security").isEmpty()
          || description.get("security").valueStream().anyMatch(JsonNode::isEmpty);
      assertEquals(operation.isAbout("Act") || operation.path().equals("/troupe/sign-in"), !open, operation.toString());
      for (String status : names(description.get("responses"))) {
        JsonNode response = operation.response(Integer.parseInt(status));
        assertFalse(response.path("description").asText().isEmpty(), operation + " " + status);
        assertTrue(response.path("content").size() > 0, operation + " " + status + " has no content");
      }
      Set<String> inPath = Pattern.compile("\\{(\\w+)}").matcher(operation.path()).results()
          .map(found -> found.group(1)).collect(Collectors.toSet());
      assertEquals(inPath, operation.parameters().stream()
          .filter(each -> each.get("in").asText().equals("path") && each.path("required").asBoolean())
          .map(each -> each.get("name").asText()).collect(Collectors.toSet()), operation.toString());
    }
  }

  @Test
  void everythingIsDescribedAndEveryNumberHasAUnit() {
    for (Map.Entry<String, JsonNode> schema : OpenApi.schemas().properties()) {
      assertFalse(schema.getValue().path("description").asText().isEmpty(), schema.getKey());
      for (Map.Entry<String, JsonNode> field : schema.getValue().path("properties").properties()) {
        String name = schema.getKey() + "." + field.getKey();
        assertFalse(field.getValue().path("description").asText().isEmpty(), name + " is not described");
        assertEquals(unit(field.getKey(), field.getValue()),
            Optional.ofNullable(field.getValue().get("x-unit")).map(JsonNode::asText), name);
      }
    }
    for (OpenApi.Operation operation : OpenApi.operations()) {
      operation.parameters().forEach(parameter ->
          assertFalse(parameter.path("description").asText().isEmpty(), operation + " " + parameter));
    }
  }

  /** The one that its name tells; else any if it is a number, and none if it is not. */
  private static Optional<String> unit(String name, JsonNode schema) {
    if (!shape(schema).startsWith("integer") && !shape(schema).startsWith("number")) {
      return Optional.empty();
    }
    return Optional.of(
        name.endsWith("Millis") ? "milliseconds" : name.endsWith("Bytes") ? "bytes" : schema.path("x-unit").asText("?"))
        .filter(unit -> !unit.equals("?"))
        .or(() -> Optional.of("a unit, such as requests, or none"));
  }

  @Test
  void everyViewHasASchemaWithItsFields() throws Exception {
    Set<String> described = new TreeSet<>(WITHOUT_RECORD);
    for (Class<?> view : views()) {
      String name = schemaOf(view);
      assertTrue(described.add(name), "two records are called " + view.getSimpleName());
      JsonNode schema = OpenApi.schemas().path(name);
      assertFalse(schema.isMissingNode(), view + " is not in the document; its schema has to be called " + name);
      Map<String, String> fields = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : schema.get("properties").properties()) {
        fields.put(field.getKey(), shape(field.getValue()));
      }
      Map<String, String> components = new LinkedHashMap<>();
      for (RecordComponent component : view.getRecordComponents()) {
        components.put(component.getName(), shape(component.getGenericType()));
      }
      assertEquals(components, fields, name);
      assertEquals(List.copyOf(components.keySet()),
          schema.get("required").valueStream().map(JsonNode::asText).toList(), name);
    }
    assertEquals(described, names(OpenApi.schemas()), "a schema that is nobody's, or nobody's schema");
  }

  /** All records of this room whose names end so. */
  private static List<Class<?>> views() throws Exception {
    Path classes = Path.of(Routes.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> views = new ArrayList<>();
    try (Stream<Path> files = Files.list(classes.resolve("troupe/management"))) {
      for (Path file : files.filter(each -> each.toString().endsWith("View.class")).sorted().toList()) {
        Class<?> found = Class.forName("troupe.management." + file.getFileName().toString().replace(".class", ""));
        if (found.isRecord()) {
          views.add(found);
        }
      }
    }
    assertTrue(views.contains(EnsembleView.ServerView.class), "these are not the classes: " + classes);
    return views;
  }

  private static String schemaOf(Class<?> view) {
    return view.getSimpleName().replaceAll("View$", "");
  }

  /** How Java's type looks in JSON, in the words of {@link #shape(JsonNode)}. */
  private static String shape(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] of = generic.getActualTypeArguments();
      return switch (((Class<?>) generic.getRawType()).getSimpleName()) {
        case "Optional" -> shape(of[0]) + " or null";
        case "List" -> "list of " + shape(of[0]);
        case "Map" -> "map to " + shape(of[1]);
        default -> "something else: " + type;
      };
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isRecord()) {
      return schemaOf(plain);
    }
    return switch (plain.getSimpleName()) {
      case "String" -> "string";
      case "Instant" -> "string date-time";
      case "int", "Integer" -> "integer int32";
      case "long", "Long" -> "integer int64";
      case "double", "Double" -> "number double";
      case "boolean", "Boolean" -> "boolean";
      case "Object" -> "anything";
      default -> "something else: " + type;
    };
  }

  private static String shape(JsonNode schema) {
    if (schema.has("$ref")) {
      return schema.get("$ref").asText().replaceAll(".*/", "");
    }
    if (schema.has("anyOf")) {
      return schema.get("anyOf").valueStream().map(OpenApiTest::shape).collect(Collectors.joining(" or "));
    }
    if (schema.path("type").isArray()) {
      List<String> types = schema.get("type").valueStream().map(JsonNode::asText).toList();
      return types.size() > 2 ? "anything" : types.get(0) + format(schema) + " or " + types.get(1);
    }
    String type = schema.path("type").asText("nothing");
    JsonNode others = schema.path("additionalProperties");
    return switch (type) {
      case "array" -> "list of " + shape(schema.get("items"));
      case "object" -> others.isObject() ? "map to " + shape(others) : others.asBoolean() ? "anything" : "object";
      default -> type + format(schema);
    };
  }

  private static String format(JsonNode schema) {
    return schema.has("format") ? " " + schema.get("format").asText() : "";
  }

  @Test
  void whatTheRoutesMatchIsInTheDocument() throws Exception {
    Set<String> matched = new TreeSet<>();
    try (Stream<Path> sources = Files.list(Path.of("src/main/java/troupe/management"))) {
      for (Path source : sources.sorted().toList()) {
        Matcher matcher = MATCHED.matcher(Files.readString(source));
        while (matcher.find()) {
          matched.add(matcher.group(1));
        }
      }
    }
    matched.removeAll(PAGES);
    assertEquals(matched, OpenApi.operations().stream()
        .flatMap(operation -> Arrays.stream(operation.path().split("/")))
        .filter(segment -> !segment.isEmpty() && !segment.startsWith("{"))
        .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void theLimitsAreThoseOfThePages() {
    JsonNode limit = OpenApi.DOCUMENT.at("/components/parameters/limit/schema");
    assertEquals(Page.DEFAULT, limit.get("default").asInt());
    assertEquals(limit.get("maximum").asInt(), new Page(Optional.empty(), limit.get("maximum").asInt()).limit());
  }

  @Test
  void whatDoesNotFitIsNoticed() throws Exception {
    JsonNode election = OpenApi.schemas().get("Election");
    String good = "{\"endedAt\": \"2026-11-23T06:18:15.1Z\", \"unavailableMillis\": 1, \"epoch\": 1, \"leader\": 1}";
    assertEquals(List.of(), OpenApi.faults(election, OpenApi.MAPPER.readTree(good)));
    for (String bad : List.of(
        good.replace("T06:18", " at six"), good.replace("\"epoch\": 1, ", ""), good.replace(": 1}", ": null}"))) {
      assertFalse(OpenApi.faults(election, OpenApi.MAPPER.readTree(bad)).isEmpty(), bad);
    }
    assertFalse(OpenApi.faultsOfSchema(OpenApi.MAPPER.readTree("{\"type\": \"text\"}")).isEmpty());
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
