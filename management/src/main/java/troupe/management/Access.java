package troupe.management;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.RemoteAddress;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import troupe.management.ManagementSettings.Right;

/**
 * Who may do what on the management port. Reading is open to whoever reaches the port, unless the settings say
 * otherwise; acting needs an account, always.
 */
final class Access {
  /** May this request do that? */
  sealed interface Decision {}

  /** @param user empty: nobody in particular */
  record Granted(Optional<String> user) implements Decision {}

  /**
   * @param status of HTTP
   * @param why for people, with what to do
   * @param retryAfter when asking again may help; none: not by itself
   */
  record Denied(int status, String why, Optional<Duration> retryAfter) implements Decision {
    private static final HttpHeader ASK_PEOPLE =
        RawHeader.create("WWW-Authenticate", "Basic realm=\"Troupe\", charset=\"UTF-8\"");
    private static final HttpHeader ASK_PROGRAMS = RawHeader.create("WWW-Authenticate", "Bearer realm=\"Troupe\"");

    private Denied(int status, String why) {
      this(status, why, Optional.empty());
    }

    static Denied later(String why, Duration retryAfter) {
      return new Denied(429, why + "; try again in " + seconds(retryAfter) + " s", Optional.of(retryAfter));
    }

    /**
     * The answer with what HTTP wants to be said besides. A browser that hears of Basic asks for name and password:
     * good for who signs in, but not each second while the console asks how the ensemble is.
     */
    HttpResponse with(HttpResponse refusal, HttpRequest request) {
      HttpResponse answer = status == 401
          ? refusal.addHeader(request.getHeader(CONSOLES_OWN).isPresent() ? ASK_PROGRAMS : ASK_PEOPLE)
          : refusal;
      return retryAfter
          .map(wait -> answer.addHeader(RawHeader.create("Retry-After", String.valueOf(seconds(wait)))))
          .orElse(answer);
    }

    private static long seconds(Duration wait) {
      return wait.plusMillis(999).toSeconds();
    }
  }

  /** The console sends this header with what it asks by itself. */
  private static final String CONSOLES_OWN = "X-Requested-With";
  static final String HOW_TO_ACT = "acting needs an account with the right act, and there is none: put one into"
      + " troupe.management.credentials ('bin/troupe credential' makes the line) and start the server again";
  static final Denied UNKNOWN = new Denied(401, "this needs the name and password, or the token, of an account"
      + " in troupe.management.credentials");
  private static final Denied FOREIGN = new Denied(403, "this request comes from another site's page");

  /** What a client sent. */
  private record Presented(boolean bearer, String user, String secret) {}

  private final ManagementSettings settings;
  private final Passwords passwords;

  /** @param slow where it does not matter if a password takes its time */
  Access(ManagementSettings settings, Executor slow) {
    this.settings = settings;
    this.passwords = new Passwords(settings.accounts(), slow, System::nanoTime);
  }

  CompletionStage<Decision> decide(HttpRequest request, Right right) {
    if (right == Right.ACT && isForeign(request)) {
      return done(FOREIGN);
    }
    if (right == Right.ACT && settings.accounts().stream().noneMatch(account -> account.rights().contains(right))) {
      return done(new Denied(403, HOW_TO_ACT));
    }
    Optional<Presented> presented = presented(request);
    if (presented.isEmpty()) {
      return done(right == Right.READ && settings.openReading() ? new Granted(Optional.empty()) : UNKNOWN);
    }
    return account(presented.get(), address(request)).thenApply(checked -> switch (checked) {
      case Denied denied -> denied;
      case Granted granted when has(granted, right) -> granted;
      case Granted granted -> new Denied(403, "user " + granted.user().orElse("?") + " does not have the right "
          + right.name().toLowerCase(Locale.ROOT));
    });
  }

  /** Who is it? Whatever he may. */
  CompletionStage<Decision> identify(HttpRequest request) {
    return presented(request).map(presented -> account(presented, address(request))).orElse(done(UNKNOWN));
  }

  boolean has(Granted granted, Right right) {
    boolean open = right == Right.READ && settings.openReading();
    return open || granted.user().stream().anyMatch(user -> settings.accounts().stream()
        .anyMatch(account -> account.user().equals(user) && account.rights().contains(right)));
  }

  boolean canAnybodyAct() {
    return settings.accounts().stream().anyMatch(account -> account.rights().contains(Right.ACT));
  }

  /** Where a request comes from, if that is known. */
  static Optional<InetAddress> address(HttpRequest request) {
    return request.getAttribute(AttributeKeys.remoteAddress).flatMap(RemoteAddress::getAddress);
  }

  private CompletionStage<Decision> account(Presented presented, Optional<InetAddress> from) {
    return presented.bearer()
        ? done(owner(presented.secret()))
        : passwords.check(presented.user(), presented.secret(), from);
  }

  private Decision owner(String token) {
    return settings.accounts().stream()
        .filter(account -> account.bearer() && account.credential().accepts(token))
        .findFirst()
        .<Decision>map(account -> new Granted(Optional.of(account.user())))
        .orElse(UNKNOWN);
  }

  private static Optional<Presented> presented(HttpRequest request) {
    String value = request.getHeader("Authorization").map(HttpHeader::value).orElse("");
    if (value.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
      return Optional.of(new Presented(true, "", value.substring("Bearer ".length()).strip()));
    }
    if (value.regionMatches(true, 0, "Basic ", 0, "Basic ".length())) {
      try {
        String pair = new String(
            Base64.getDecoder().decode(value.substring("Basic ".length()).strip()), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        return colon < 0
            ? Optional.of(new Presented(false, pair, ""))
            : Optional.of(new Presented(false, pair.substring(0, colon), pair.substring(colon + 1)));
      } catch (IllegalArgumentException notBase64) {
        return Optional.of(new Presented(false, "", ""));
      }
    }
    return Optional.empty();
  }

  /** A browser sends credentials along with what another site's page asks for; it says so, and others do not ask. */
  private static boolean isForeign(HttpRequest request) {
    String site = request.getHeader("Sec-Fetch-Site").map(HttpHeader::value).orElse("none");
    Optional<String> origin = request.getHeader("Origin").map(HttpHeader::value);
    String host = request.getHeader("Host").map(HttpHeader::value).orElse("");
    boolean otherOrigin = origin.isPresent()
        && !origin.get().equals("http://" + host) && !origin.get().equals("https://" + host);
    return otherOrigin || !site.equals("none") && !site.equals("same-origin");
  }

  private static CompletionStage<Decision> done(Decision decision) {
    return CompletableFuture.completedFuture(decision);
  }
}
