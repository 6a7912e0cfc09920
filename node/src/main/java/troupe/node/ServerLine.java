package troupe.node;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of one {@code server.N} line of a ZooKeeper configuration:
 * {@code host:port:port[:role][|host:port:port[:role]...][;[host:]port]}, IPv6 addresses in brackets.
 *
 * @param addresses where the other servers reach this one; at least one
 * @param electionPort the second port of the first of these
 * @param observer whether its role is {@code observer}; all addresses agree on it
 * @param client where its clients connect, if the line says so
 */
record ServerLine(List<Address> addresses, int electionPort, boolean observer, Optional<Address> client) {
  private static final String FORM = "host:port:port or host:port:port:role, then perhaps ;port or ;host:port";

  private static final String HOST = "(?:\\[(?<v6>[^\\s\\[\\]]+)]|(?<host>[^\\s:;|\\[\\]]+))";
  private static final Pattern SERVER = Pattern.compile(
      HOST + ":(?<port>\\d{1,5}):(?<election>\\d{1,5})(?::(?<role>(?i:participant|observer)))?");
  private static final Pattern CLIENT = Pattern.compile("(?:" + HOST + ":)?(?<port>\\d{1,5})");

  /** A host, without brackets, and a port. */
  record Address(String host, int port) {
    static final int MAX_PORT = 65_535;

    Address {
      if (port > MAX_PORT) {
        throw new IllegalArgumentException("port " + port + " is above " + MAX_PORT);
      }
    }

    private static Address of(Matcher matched, String port) {
      String host = Optional.ofNullable(matched.group("v6"))
          .or(() -> Optional.ofNullable(matched.group("host")))
          .orElse("0.0.0.0"); // a client port without a host, in ZooKeeper: every address
      return new Address(host, Integer.parseInt(matched.group(port)));
    }
  }

  /** Reads the value of a line; an {@link IllegalArgumentException} says what is wrong with it. */
  static ServerLine parse(String text) {
    String[] parts = text.split(";");
    if (parts.length < 1 || parts.length > 2) {
      throw malformed("cannot read '" + text + "'");
    }
    List<Matcher> servers = Arrays.stream(parts[0].split("\\|")).map(part -> match(SERVER, part)).toList();
    if (servers.stream().map(ServerLine::isObserver).distinct().count() != 1) {
      throw malformed("its addresses have different roles");
    }
    return new ServerLine(
        servers.stream().map(matched -> Address.of(matched, "port")).toList(),
        Address.of(servers.getFirst(), "election").port(),
        isObserver(servers.getFirst()),
        parts.length == 1 ? Optional.empty() : Optional.of(Address.of(match(CLIENT, parts[1]), "port")));
  }

  private static boolean isObserver(Matcher server) {
    return "observer".equalsIgnoreCase(server.group("role"));
  }

  private static Matcher match(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text.strip());
    if (!matcher.matches()) {
      throw malformed("cannot read '" + text.strip() + "'");
    }
    return matcher;
  }

  private static IllegalArgumentException malformed(String why) {
    return new IllegalArgumentException(why + "; the form is " + FORM);
  }
}
