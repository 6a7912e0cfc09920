package troupe.management;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.ResponseEntity;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.CacheControl;
import org.apache.pekko.http.javadsl.model.headers.CacheDirectives;
import org.apache.pekko.http.javadsl.model.headers.EntityTag;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * The console: the page at {@code /} and its parts below {@code /console/}, from the class path. They are the same for
 * everybody and hold no data; what they show they ask the other routes for.
 *
 * <p>A browser asks each time whether a part has changed, and gets it only if it has: after an upgrade nobody works with
 * half of an old page. It runs nothing and loads nothing that did not come from here, and puts the page into no other.
 */
final class ConsoleRoute extends AllDirectives {
  private static final List<HttpHeader> HEADERS = List.of(
      CacheControl.create(CacheDirectives.NO_CACHE),
      RawHeader.create("Content-Security-Policy",
          "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
      RawHeader.create("Cross-Origin-Opener-Policy", "same-origin"),
      RawHeader.create("Cross-Origin-Resource-Policy", "same-origin"),
      RawHeader.create("Referrer-Policy", "no-referrer"),
      RawHeader.create("X-Content-Type-Options", "nosniff"),
      RawHeader.create("X-Frame-Options", "DENY"));

  /** Leads to nothing but what lies beside the page. */
  private static final Pattern NAME = Pattern.compile("[a-z]+\\.(html|css|js|svg)");

  private static final Map<String, ContentType> TYPES = Map.of(
      "html", ContentTypes.TEXT_HTML_UTF8,
      "css", ContentTypes.create(MediaTypes.TEXT_CSS, HttpCharsets.UTF_8),
      "js", ContentTypes.create(MediaTypes.APPLICATION_JAVASCRIPT, HttpCharsets.UTF_8),
      "svg", ContentTypes.create(MediaTypes.IMAGE_SVG_XML));

  /** What a browser is given. */
  private record Part(ResponseEntity entity, EntityTag tag) {}

  private final Map<String, Optional<Part>> parts = new ConcurrentHashMap<>();

  Route route() {
    return respondWithHeaders(HEADERS, () -> get(() -> concat(
        pathSingleSlash(() -> part("index.html")),
        path("favicon.ico", () -> part("icon.svg")), // browsers ask for it beside every answer that is no page
        path(PathMatchers.segment("console").slash(PathMatchers.segment()), this::part))));
  }

  private Route part(String name) {
    Matcher named = NAME.matcher(name);
    if (!named.matches()) {
      return reject();
    }
    return parts.computeIfAbsent(name, unread -> read(unread, TYPES.get(named.group(1))))
        .map(part -> conditional(part.tag(), () -> complete(StatusCodes.OK, part.entity())))
        .orElseGet(() -> reject());
  }

  private static Optional<Part> read(String name, ContentType type) {
    try (InputStream in = ConsoleRoute.class.getResourceAsStream("/troupe/console/" + name)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] content = in.readAllBytes();
      String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 8);
      return Optional.of(new Part(HttpEntities.create(type, content), EntityTag.create(digest, false)));
    } catch (IOException e) {
      throw new UncheckedIOException("the console's " + name + " cannot be read from the class path", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
