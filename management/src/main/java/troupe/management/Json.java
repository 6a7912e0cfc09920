package troupe.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.Map;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** Answers in JSON. What is absent is null; times are ISO 8601; ids of sessions and transactions are hexadecimal text. */
final class Json {
  private static final ObjectMapper MAPPER = JsonMapper.builder()
      .addModule(new Jdk8Module())
      .addModule(new JavaTimeModule())
      .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
      .build();

  private Json() {}

  static HttpResponse ok(Object value) {
    return answer(200, value);
  }

  static HttpResponse answer(int status, Object value) {
    try {
      return HttpResponse.create()
          .withStatus(StatusCodes.get(status))
          .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, MAPPER.writeValueAsBytes(value)))
          .addHeader(RawHeader.create("Cache-Control", "no-store"));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer that is no JSON: " + e.getMessage(), e);
    }
  }

  static HttpResponse refusal(int status, String why) {
    return answer(status, Map.of("error", why));
  }

  /** Of a session or a transaction. */
  static String hex(long id) {
    return "0x" + Long.toHexString(id);
  }

  /** @throws Refusal if that is no such id */
  static long parseHex(String what, String text) {
    try {
      return Long.parseUnsignedLong(text.startsWith("0x") ? text.substring(2) : text, 16);
    } catch (NumberFormatException e) {
      throw new Refusal(400, what + " looks like 0x100012ab34cd0001, not like " + text);
    }
  }
}
