package troupe.tree;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** What the identity schemes mean in an ACL: world, digest and ip. ({@code auth} is gone before an ACL is stored.) */
final class Schemes {
  private Schemes() {}

  static boolean isKnown(String scheme) {
    return switch (scheme) {
      case "world", "digest", "ip" -> true;
      default -> false;
    };
  }

  /** Whether an ACL may name this; {@code world} has no other form than {@link Identity#ANYONE}. */
  static boolean isValid(Identity who) {
    return switch (who.scheme()) {
      case "world" -> who.id().equals(Identity.ANYONE.id());
      case "digest" -> who.id().split(":").length == 2;
      case "ip" -> network(who.id()).isPresent();
      default -> false;
    };
  }

  /** Whether a connection may put its identity of this scheme into an ACL by way of {@code auth}. */
  static boolean isAuthenticated(Identity identity) {
    return identity.scheme().equals("digest");
  }

  /** Whether somebody is who the ACL names; both are of the same scheme. */
  static boolean matches(Identity somebody, Identity named) {
    if (!named.scheme().equals("ip")) {
      return somebody.id().equals(named.id());
    }
    Optional<byte[]> address = address(somebody.id());
    return address.isPresent() && network(named.id()).filter(network -> network.contains(address.get())).isPresent();
  }

  private record Network(byte[] address, int bits) {
    boolean contains(byte[] other) {
      return address.length == other.length && Arrays.equals(masked(address, bits), masked(other, bits));
    }
  }

  private static Optional<Network> network(String text) {
    String[] parts = text.split("/", 2);
    return address(parts[0]).flatMap(address -> {
      if (parts.length == 1) {
        return Optional.of(new Network(address, address.length * 8));
      }
      try {
        int bits = Integer.parseInt(parts[1]);
        return bits < 0 || bits > address.length * 8 ? Optional.empty() : Optional.of(new Network(address, bits));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    });
  }

  /** Only literals: a name would be looked up, and an ACL must mean the same on every server. */
  private static Optional<byte[]> address(String text) {
    boolean v6 = text.indexOf(':') >= 0;
    boolean v4 = !v6 && text.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    if (!v6 && !v4 || text.startsWith("[")) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text).getAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static byte[] masked(byte[] address, int bits) {
    byte[] masked = address.clone();
    for (int i = 0; i < masked.length; i++) {
      int left = Math.max(0, Math.min(8, bits - i * 8));
      masked[i] &= (byte) (0xFF00 >> left);
    }
    return masked;
  }
}
