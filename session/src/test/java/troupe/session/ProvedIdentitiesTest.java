package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import troupe.tree.Identity;

class ProvedIdentitiesTest {
  private static final Identity ANN = new Identity("digest", "ann:hash");
  private static final Identity BOB = new Identity("digest", "bob:hash");

  private final ProvedIdentities identities = new ProvedIdentities();

  @Test
  void eachIsThereOnceInTheOrderOfItsProof() {
    assertTrue(identities.add(List.of(ANN)));
    assertTrue(identities.add(List.of(BOB, ANN)));
    assertFalse(identities.add(List.of(ANN)));
    assertEquals(List.of(ANN, BOB), identities.all());
  }

  @Test
  void thereMayBeAHundred() {
    IntStream.rangeClosed(1, 100).forEach(i -> {
      List<Identity> next = List.of(new Identity("digest", "user-" + i + ":hash"));
      assertTrue(identities.fit(next), "number " + i);
      identities.add(next);
    });
    assertFalse(identities.fit(List.of(ANN)));
    assertTrue(identities.fit(List.of(identities.all().getFirst())), "who is known already");
  }

  @Test
  void theirNamesMayNotBeOfAnyLength() {
    assertFalse(identities.fit(List.of(new Identity("digest", "a".repeat(20_000) + ":hash"))));
    Identity large = new Identity("digest", "a".repeat(10_000) + ":hash");
    assertTrue(identities.fit(List.of(large)));
    identities.add(List.of(large));
    assertFalse(identities.fit(List.of(new Identity("digest", "b".repeat(10_000) + ":hash"))));
  }
}
