package troupe.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.node.ServerLine.Address;

class ServerLineTest {
  @Test
  void theShortestFormIsAHostAndTwoPorts() {
    assertEquals(line("zoo1", 2888, false, Optional.empty()), ServerLine.parse("zoo1:2888:3888"));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "zoo1:2888:3888:observer;2181", "zoo1:2888:3888:OBSERVER;0.0.0.0:2181", " zoo1:2888:3888:observer ; 2181 "
  })
  void aRoleAndAClientPortMayFollow(String text) {
    assertEquals(line("zoo1", 2888, true, Optional.of(new Address("0.0.0.0", 2181))), ServerLine.parse(text));
  }

  @Test
  void anAddressOfVersionSixStandsInBrackets() {
    assertEquals(
        line("2001:db8::1", 2888, false, Optional.of(new Address("::1", 2181))),
        ServerLine.parse("[2001:db8::1]:2888:3888:participant;[::1]:2181"));
  }

  @Test
  void severalAddressesKeepTheirOrder() {
    ServerLine line = ServerLine.parse("net1:2888:3888|net2:2889:3889;2181");
    assertEquals(List.of(new Address("net1", 2888), new Address("net2", 2889)), line.addresses());
    assertEquals(3888, line.electionPort());
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", ";", "zoo1", "zoo1:2888", "zoo1:2888:3888:leader", "zoo1:x:3888", "zoo1:2888:3888;2181;2182", "zoo1:70000:3888",
    "::1:2888:3888", "[::1:2888:3888", "zoo1:2888:3888:observer|zoo2:2888:3888:participant", "zoo1:2888:3888;host:"
  })
  void whatHasAnotherFormIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ServerLine.parse(text));
  }

  private static ServerLine line(String host, int port, boolean observer, Optional<Address> client) {
    return new ServerLine(List.of(new Address(host, port)), 3888, observer, client);
  }
}
