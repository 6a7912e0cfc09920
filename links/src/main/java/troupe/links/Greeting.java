package troupe.links;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;

/**
 * The one line that each end of a life line says, such as {@code troupe-life-line 2 server 2 of 5f3e0a91}.
 *
 * @param form what may follow
 * @param from who says it
 * @param servers a hash of who the speaker thinks the servers are and what a quorum is, not of where they are: the
 *     same server may have different names in different places
 */
record Greeting(Form form, ServerId from, String servers) {
  /** The number behind the first word. Who does not know it closes the connection without an answer. */
  enum Form {
    /** 1: silence follows. An older server knows no other. */
    LIFE_LINE,
    /** 2: who has made the connection sends messages behind it; the other one answers and then is silent. */
    LANE;

    int number() {
      return ordinal() + 1;
    }
  }

  private static final Pattern LINE = Pattern.compile("troupe-life-line ([12]) server (\\d{1,3}) of ([0-9a-f]{8})");
  private static final int LONGEST = 64;

  static Greeting of(Form form, Ensemble ensemble) {
    return new Greeting(form, ensemble.self(), hash(ensemble));
  }

  private static String hash(Ensemble ensemble) {
    CRC32 hash = new CRC32();
    String members = ensemble.members().stream()
        .sorted(Comparator.comparing(Member::id))
        .map(member -> member.id() + " " + member.role())
        .collect(Collectors.joining(","));
    hash.update((members + ";" + text(ensemble.quorum())).getBytes(US_ASCII));
    return "%08x".formatted(hash.getValue());
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

  /**
   * Takes the greeting from the beginning of what has arrived, once all of it is there.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Optional<Greeting> read(ByteBuf in) {
    int length = in.bytesBefore((byte) '\n');
    if (length < 0 && in.readableBytes() < LONGEST) {
      return Optional.empty();
    }
    Matcher line = LINE.matcher(in.readCharSequence(Math.min(length < 0 ? LONGEST : length, LONGEST), US_ASCII));
    if (!line.matches()) {
      throw new IllegalArgumentException("this is no server's greeting");
    }
    in.skipBytes(1);
    Form form = Form.values()[Integer.parseInt(line.group(1)) - 1];
    return Optional.of(new Greeting(form, new ServerId(Integer.parseInt(line.group(2))), line.group(3)));
  }

  String line() {
    return "troupe-life-line " + form.number() + " server " + from + " of " + servers + "\n";
  }
}
