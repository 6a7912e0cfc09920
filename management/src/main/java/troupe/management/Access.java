package troupe.management;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import troupe.management.ManagementSettings.Account;
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
   */
  record Denied(int status, String why) implements Decision {}

  static final String HOW_TO_ACT = "acting needs an account with the right act, and there is none: put one into"
      + " troupe.management.credentials ('bin/troupe credential' makes the line) and start the server again";
  private static final Denied UNKNOWN = new Denied(401, "this needs the name and password, or the token, of an account"
      + " in troupe.management.credentials");
  private static final Denied BUSY = new Denied(429, "too many passwords are being checked; try again in a moment");
  private static final Denied FOREIGN = new Denied(403, "this request comes from another site's page");
  private static final int CHECKS_AT_ONCE = 8;
  private static final int REMEMBERED = 1000;

  /** What a client sent. */
  private record Presented(boolean bearer, String user, String secret) {}

  private final ManagementSettings settings;
  private final Executor slow;

  /** Right ones only: hashing a password takes long on purpose. They are in the memory of who may use them anyway. */
  private final Set<Presented> proved = ConcurrentHashMap.newKeySet();
  private final AtomicInteger checking = new AtomicInteger();

  /** @param slow where it does not matter if a password takes its time */
  Access(ManagementSettings settings, Executor slow) {
    this.settings = settings;
    this.slow = slow;
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
    return account(presented.get()).thenApply(checked -> switch (checked) {
      case Denied denied -> denied;
      case Granted granted when has(granted, right) -> granted;
      case Granted granted -> new Denied(403, "user " + granted.user().orElse("?") + " does not have the right "
          + right.name().toLowerCase(Locale.ROOT));
    });
  }

  /** Who is it? Whatever he may. */
  CompletionStage<Decision> identify(HttpRequest request) {
    return presented(request).map(this::account).orElse(done(UNKNOWN));
  }

  boolean has(Granted granted, Right right) {
    boolean open = right == Right.READ && settings.openReading();
    return open || granted.user().stream().anyMatch(user -> settings.accounts().stream()
        .anyMatch(account -> account.user().equals(user) && account.rights().contains(right)));
  }

  boolean canAnybodyAct() {
    return settings.accounts().stream().anyMatch(account -> account.rights().contains(Right.ACT));
  }

  private CompletionStage<Decision> account(Presented presented) {
    if (proved.contains(presented)) {
      return done(new Granted(Optional.of(presented.user())));
    }
    if (checking.incrementAndGet() > CHECKS_AT_ONCE) {
      checking.decrementAndGet();
      return done(BUSY);
    }
    return CompletableFuture.supplyAsync(() -> check(presented), slow)
        .whenComplete((decision, failure) -> checking.decrementAndGet());
  }

  private Decision check(Presented presented) {
    Optional<Account> found = settings.accounts().stream()
        .filter(account -> account.bearer() == presented.bearer())
        .filter(account -> account.bearer() || account.user().equals(presented.user()))
        .filter(account -> account.credential().accepts(presented.secret()))
        .findFirst();
    if (found.isEmpty()) {
      return UNKNOWN;
    }
    if (!presented.bearer() && proved.size() < REMEMBERED) {
      proved.add(presented);
    }
    return new Granted(Optional.of(found.get().user()));
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
