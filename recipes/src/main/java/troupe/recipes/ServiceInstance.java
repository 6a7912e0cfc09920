package troupe.recipes;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * One of those who offer a service.
 *
 * @param name of the service
 * @param id of this one, among those of the same name
 * @param address of its host
 * @param port none: it has none, or it has only one for TLS
 * @param sslPort none: it has none
 * @param payload anything more that there is to say, as a text
 * @param registered when it said so
 * @param enabled whether it is to be given work
 */
public record ServiceInstance(
    String name,
    String id,
    String address,
    OptionalInt port,
    OptionalInt sslPort,
    Optional<String> payload,
    Instant registered,
    boolean enabled) {

  public ServiceInstance {
    if (name.isEmpty() || name.contains("/") || id.isEmpty() || id.contains("/")) {
      throw new IllegalArgumentException(
          "a service's name and id name znodes, and so are not empty and have no slash: '" + name + "', '" + id + "'");
    }
  }

  /** One with an id that nobody else has, and that may be given work. */
  public static ServiceInstance of(String name, String address, int port) {
    return new ServiceInstance(
        name,
        UUID.randomUUID().toString(),
        address,
        OptionalInt.of(port),
        OptionalInt.empty(),
        Optional.empty(),
        Instant.ofEpochMilli(System.currentTimeMillis()),
        true);
  }

  public ServiceInstance withPayload(String other) {
    return new ServiceInstance(name, id, address, port, sslPort, Optional.of(other), registered, enabled);
  }

  public ServiceInstance withEnabled(boolean other) {
    return new ServiceInstance(name, id, address, port, sslPort, payload, registered, other);
  }
}
