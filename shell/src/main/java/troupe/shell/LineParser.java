package troupe.shell;

import java.util.ArrayList;
import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** {@link Words}, as JLine wants them. */
final class LineParser implements Parser {
  /**
   * @param words those before the cursor, and as the last the one it is in, up to it; empty between words
   * @param rawWordCursor how far into that word's text in the line, with its quote
   */
  private record Line(String line, int cursor, List<String> words, int rawWordCursor, int rawWordLength)
      implements CompletingParsedLine {
    @Override
    public int wordIndex() {
      return words.size() - 1;
    }

    @Override
    public String word() {
      return words.getLast();
    }

    @Override
    public int wordCursor() {
      return word().length();
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      String quoted = Words.quoted(candidate.toString());
      boolean open = !complete && quoted.length() > candidate.length(); // what is to follow belongs within the quotes
      return open ? quoted.substring(0, quoted.length() - 1) : quoted;
    }
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    Words words = Words.of(line.substring(0, cursor));
    List<String> texts = new ArrayList<>(words.texts());
    boolean within = !texts.isEmpty() && words.list().getLast().end() == cursor
        && (words.unclosed() || !words.list().getLast().isQuoted());
    if (!within) {
      texts.add("");
      return new Line(line, cursor, List.copyOf(texts), 0, 0);
    }
    int begin = words.list().getLast().begin();
    int end = cursor;
    while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
      end++;
    }
    return new Line(line, cursor, List.copyOf(texts), cursor - begin, end - begin);
  }
}
