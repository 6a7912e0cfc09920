package troupe.links;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Framing;
import org.apache.pekko.stream.javadsl.FramingTruncation;
import org.apache.pekko.util.ByteString;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;

/**
 * The one line that each end of a life line says, such as {@code troupe-life-line 1 server 2 of 5f3e0a91}.
 *
 * @param from who says it
 * @param servers a hash of who the speaker thinks the servers are and what a quorum is, not of where they are: the
 *     same server may have different names in different places
 */
record Greeting(ServerId from, String servers) {
  private static final Pattern FORM = Pattern.compile("troupe-life-line 1 server (\\d{1,3}) of ([0-9a-f]{8})");
  private static final int LONGEST = 64;

  static Greeting of(Ensemble ensemble) {
    CRC32 hash = new CRC32();
    String members = ensemble.members().stream()
        .sorted(Comparator.comparing(Member::id))
        .map(member -> member.id() + " " + member.role())
        .collect(Collectors.joining(","));
    hash.update((members + ";" + text(ensemble.quorum())).getBytes(US_ASCII));
    return new Greeting(ensemble.self(), "%08x".formatted(hash.getValue()));
  }

  private static String text(Quorum quorum) {
    return switch (quorum) {
      case Quorum.Majority majority -> "majority";
      case Quorum.Weighted weighted -> weighted.weights().entrySet().stream()
          .map(voter -> voter.getKey() + "=" + voter.getValue()).sorted().collect(Collectors.joining(","));
      case Quorum.Hierarchical groups -> groups.groups().stream()
          .map(Greeting::text).sorted().collect(Collectors.joining("|"));
    };
  }

  /** Reads what arrives: a greeting within one line, and then silence. Fails on anything else. */
  static Flow<ByteString, Greeting, NotUsed> reader() {
    return Framing.delimiter(ByteString.fromString("\n"), LONGEST, FramingTruncation.DISALLOW)
        .zipWithIndex()
        .map(line -> {
          if ((long) line.second() > 0) {
            throw new IllegalArgumentException("something follows the greeting");
          }
          return parse(line.first().decodeString(US_ASCII));
        });
  }

  private static Greeting parse(String line) {
    Matcher matcher = FORM.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("this is no server's greeting");
    }
    return new Greeting(new ServerId(Integer.parseInt(matcher.group(1))), matcher.group(2));
  }

  ByteString line() {
    return ByteString.fromString("troupe-life-line 1 server " + from + " of " + servers + "\n", US_ASCII);
  }
}
