package troupe.recipes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.pekko.util.ByteString;

/** A service's instance as Curator's service discovery writes it. */
final class ServiceJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ServiceJson() {}

  static ByteString write(ServiceInstance instance) {
    ObjectNode json = JSON.createObjectNode();
    json.put("name", instance.name());
    json.put("id", instance.id());
    json.put("address", instance.address());
    json.put("port", boxed(instance.port()));
    json.put("sslPort", boxed(instance.sslPort()));
    json.put("payload", instance.payload().orElse(null));
    json.put("registrationTimeUTC", instance.registered().toEpochMilli());
    json.put("serviceType", "DYNAMIC");
    json.putNull("uriSpec");
    json.put("enabled", instance.enabled());
    try {
      return ByteString.fromArrayUnsafe(JSON.writeValueAsBytes(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Integer boxed(OptionalInt port) {
    return port.isPresent() ? port.getAsInt() : null;
  }

  /** None if it is not one. A payload that is more than a text is given as the JSON that it is. */
  static Optional<ServiceInstance> read(ByteString data) {
    try {
      JsonNode json = JSON.readTree(data.toArray());
      JsonNode payload = json.path("payload");
      return Optional.of(new ServiceInstance(
          json.path("name").asText(),
          json.path("id").asText(),
          json.path("address").asText(),
          port(json.path("port")),
          port(json.path("sslPort")),
          payload.isMissingNode() || payload.isNull()
              ? Optional.empty()
              : Optional.of(payload.isTextual() ? payload.asText() : payload.toString()),
          Instant.ofEpochMilli(json.path("registrationTimeUTC").asLong()),
          json.path("enabled").asBoolean(true)));
    } catch (IOException | IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }

  private static OptionalInt port(JsonNode json) {
    return json.isInt() ? OptionalInt.of(json.asInt()) : OptionalInt.empty();
  }
}
