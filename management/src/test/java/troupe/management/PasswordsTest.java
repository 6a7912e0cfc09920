package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import troupe.management.ManagementSettings.Account;
import troupe.management.ManagementSettings.Right;

/** How often passwords may be guessed. Time is the test's own; a task is one password being checked. */
class PasswordsTest {
  private static final Access.Decision OPS = new Access.Granted(Optional.of("ops"));
  private static final String PASSWORD = "secret";

  /** As quick as is allowed. */
  private static final Credential QUICK = Credential.parsePassword(
      "pbkdf2-sha256:100000:MDEyMzQ1Njc4OWFiY2RlZg==:plwZLotEAEMO707yToj/A2wZs5Moai9JwWz+JsVD+Cc=");

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private long now;
  private int checked;
  private final Passwords passwords = new Passwords(
      List.of(new Account("ops", QUICK, false, Set.of(Right.ACT))), tasks::add, () -> now);

  private CompletionStage<Access.Decision> ask(String password, String from) {
    try {
      return passwords.check("ops", password, Optional.of(InetAddress.getByName(from)));
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private void work() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      checked++;
      task.run();
    }
  }

  private Access.Decision answer(String password, String from) {
    CompletionStage<Access.Decision> asked = ask(password, from);
    work();
    return asked.toCompletableFuture().getNow(null);
  }

  private static int status(Access.Decision decision) {
    return decision instanceof Access.Denied denied ? denied.status() : 200;
  }

  @Test
  void whoGuessesWaitsLongerAfterEachWrongPassword() {
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Access.Denied denied = (Access.Denied) answer("guess " + i, "192.0.2.1");
      if (denied.status() == 429) {
        pauses.add(denied.retryAfter().orElseThrow().toSeconds());
        now += denied.retryAfter().orElseThrow().toNanos();
        i--;
      }
    }
    assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L), pauses);
  }

  @Test
  void thousandsOfGuessesCostAsMuchAsAFew() {
    for (int i = 0; i < 5_000; i++) {
      answer("guess " + i, "192.0.2.1");
    }
    assertEquals(4, checked);
    for (int i = 0; i < 5_000; i++) {
      now += Duration.ofMillis(10).toNanos();
      answer("another " + i, "192.0.2.1");
    }
    assertTrue(checked <= 10, checked + " in 50 seconds");
  }

  @Test
  void whoGuessesKeepsNobodyElseOut() {
    for (int i = 0; i < 100; i++) {
      ask("guess " + i, "192.0.2.1");
    }
    assertEquals(OPS, answer(PASSWORD, "192.0.2.2"));
    assertEquals(OPS, ask(PASSWORD, "192.0.2.1").toCompletableFuture().getNow(null), "who was right before");
  }

  @Test
  void whoIsRightIsForgivenWhatHeTypedWrong() {
    for (int i = 0; i < 3; i++) {
      assertEquals(401, status(answer("typed wrong " + i, "192.0.2.1")));
    }
    assertEquals(OPS, answer(PASSWORD, "192.0.2.1"));
    assertEquals(401, status(answer("typed wrong again", "192.0.2.1")));
    assertEquals(401, status(answer("and again", "192.0.2.1")));
  }

  @Test
  void aPasswordThatIsAskedForManyTimesIsCheckedOnce() {
    CompletionStage<Access.Decision> first = ask(PASSWORD, "192.0.2.1");
    CompletionStage<Access.Decision> second = ask(PASSWORD, "192.0.2.1");
    work();
    assertEquals(OPS, first.toCompletableFuture().getNow(null));
    assertEquals(OPS, second.toCompletableFuture().getNow(null));
    for (int i = 0; i < 100; i++) {
      answer("an old one", "192.0.2.1"); // as a program does that nobody has told
    }
    assertEquals(2, checked);
  }

  @Test
  void anIpv6NetworkIsOneAddress() {
    for (int i = 0; i < 100; i++) {
      answer("guess " + i, "2001:db8::" + Integer.toHexString(i));
    }
    assertEquals(4, checked);
    assertEquals(OPS, answer(PASSWORD, "2001:db8:0:1::1"));
  }

  @Test
  void fromVeryManyAddressesOneIsCheckedAtATimeAndFewWait() {
    for (int i = 0; i < 200; i++) {
      ask("guess " + i, "198.51.100." + i);
      assertTrue(tasks.size() <= 1, "more than one at a time");
    }
    work();
    assertEquals(64, checked);
  }

  @Test
  void aNameThatNobodyHasCostsNothing() {
    CompletableFuture<Access.Decision> unknown =
        passwords.check("nobody", PASSWORD, Optional.empty()).toCompletableFuture();
    assertEquals(401, status(unknown.getNow(null)));
    assertEquals(0, tasks.size());
  }
}
