package troupe.management;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import troupe.management.ManagementSettings.Account;

/**
 * Whose password is it? Checking one takes a quarter of a second of a processor on purpose, so that is done one at a
 * time, and whoever guesses waits longer after each wrong one, up to a minute. A password that was right once is never
 * checked again, so who has been here before is kept from nothing by those who guess, whichever address they share.
 */
final class Passwords {
  private static final int FREE = 3; // typing errors
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);
  private static final int WAITING_OF_ONE_ADDRESS = 4;
  private static final int WAITING = 64;
  private static final int REMEMBERED = 1000;
  private static final int IPV6 = 16;
  private static final int IPV6_NETWORK = 8; // who has one such address mostly has all others of its network

  private record Presented(String user, String password) {}

  /** @param pauseEnds by the clock of {@code nanos}, as {@code lastAt} */
  private record Wrong(int times, long lastAt, long pauseEnds) {}

  private final List<Account> accounts;
  private final Executor slow;
  private final LongSupplier nanos;

  /** They are in the memory of who may use them anyway. */
  private final Set<Presented> right = ConcurrentHashMap.newKeySet();

  // The rest under this object's lock.
  private final Map<Presented, Boolean> wrong = forgetful(); // a program with an old password asks again and again
  private final Map<List<Byte>, Wrong> guessers = forgetful();
  private final Map<Presented, CompletableFuture<Access.Decision>> underWay = new HashMap<>();
  private final Map<List<Byte>, Integer> waiting = new HashMap<>();
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

  /** @param slow where it does not matter if a password takes its time */
  Passwords(List<Account> accounts, Executor slow, LongSupplier nanos) {
    this.accounts = accounts.stream().filter(account -> !account.bearer()).toList();
    this.slow = slow;
    this.nanos = nanos;
  }

  /** @param from none: not known, which counts as one address */
  CompletionStage<Access.Decision> check(String user, String password, Optional<InetAddress> from) {
    Presented presented = new Presented(user, password);
    if (right.contains(presented)) {
      return done(new Access.Granted(Optional.of(user)));
    }
    if (accounts.stream().noneMatch(account -> account.user().equals(user))) {
      return done(Access.UNKNOWN);
    }
    return checkSlowly(presented, network(from));
  }

  private synchronized CompletionStage<Access.Decision> checkSlowly(Presented presented, List<Byte> from) {
    if (wrong.containsKey(presented)) {
      return done(Access.UNKNOWN);
    }
    if (underWay.containsKey(presented)) {
      return underWay.get(presented);
    }
    long pause = guessers.containsKey(from) ? guessers.get(from).pauseEnds() - nanos.getAsLong() : 0;
    if (pause > 0) {
      return done(Access.Denied.later("too many wrong passwords came from this address", Duration.ofNanos(pause)));
    }
    if (underWay.size() == WAITING || waiting.getOrDefault(from, 0) == WAITING_OF_ONE_ADDRESS) {
      return done(Access.Denied.later("too many passwords are being checked", FIRST_PAUSE));
    }
    waiting.merge(from, 1, Integer::sum);
    CompletableFuture<Boolean> checked = last.handleAsync((before, failure) -> isRight(presented), slow);
    CompletableFuture<Access.Decision> decided = checked.thenApply(isRight -> isRight
        ? new Access.Granted(Optional.of(presented.user())) : Access.UNKNOWN);
    last = checked;
    underWay.put(presented, decided);
    checked.whenComplete((isRight, failure) -> note(presented, from, Boolean.TRUE.equals(isRight)));
    return decided;
  }

  private boolean isRight(Presented presented) {
    return accounts.stream()
        .filter(account -> account.user().equals(presented.user()))
        .anyMatch(account -> account.credential().accepts(presented.password()));
  }

  private synchronized void note(Presented presented, List<Byte> from, boolean isRight) {
    underWay.remove(presented);
    waiting.computeIfPresent(from, (address, number) -> number == 1 ? null : number - 1);
    if (isRight) {
      right.add(presented);
      guessers.remove(from);
    } else {
      wrong.put(presented, true);
      guessers.put(from, oneMore(Optional.ofNullable(guessers.get(from)), nanos.getAsLong()));
    }
  }

  private static Wrong oneMore(Optional<Wrong> before, long now) {
    int times = 1 + before.filter(known -> now - known.lastAt() < FORGOTTEN_AFTER.toNanos()).map(Wrong::times).orElse(0);
    if (times <= FREE) {
      return new Wrong(times, now, now);
    }
    long pause = Math.min(LONGEST_PAUSE.toNanos(), FIRST_PAUSE.toNanos() << Math.min(times - FREE - 1, 16));
    return new Wrong(times, now, now + pause);
  }

  private static List<Byte> network(Optional<InetAddress> from) {
    byte[] address = from.map(InetAddress::getAddress).orElse(new byte[0]);
    byte[] network = address.length == IPV6 ? Arrays.copyOf(address, IPV6_NETWORK) : address;
    Byte[] boxed = new Byte[network.length];
    Arrays.setAll(boxed, i -> network[i]);
    return List.of(boxed);
  }

  private static <K, V> Map<K, V> forgetful() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > REMEMBERED;
      }
    };
  }

  private static CompletionStage<Access.Decision> done(Access.Decision decision) {
    return CompletableFuture.completedFuture(decision);
  }
}
