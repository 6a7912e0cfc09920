package troupe.shell;

import java.util.ArrayList;
import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** {@link Words}, as JLine wants them. */
final class LineParser implements Parser {
  /**
   * @param words those before the cursor, and the one it is in
   * @param word the index of the latter; it is empty where the cursor is between words
   * @param rawCursor how far into that word's text in the line, with its quote
   */
  private record Line(String line, int cursor, List<String> words, int wordIndex, int rawCursor, int rawLength)
      implements CompletingParsedLine {
    @Override
    public String word() {
      return words.get(wordIndex);
    }

    @Override
    public int wordCursor() {
      return Math.min(rawCursor, word().length());
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return complete ? Words.quoted(candidate.toString()) : candidate;
    }

    @Override
    public int rawWordCursor() {
      return rawCursor;
    }

    @Override
    public int rawWordLength() {
      return rawLength;
    }
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    List<Words.Word> before = Words.of(line.substring(0, cursor)).list();
    List<String> texts = new ArrayList<>(before.stream().map(Words.Word::text).toList());
    boolean within = !before.isEmpty() && before.getLast().end() == cursor
        && !(before.getLast().isQuoted() && line.charAt(cursor - 1) == line.charAt(before.getLast().begin())
            && cursor - 1 > before.getLast().begin());
    if (!within) {
      texts.add("");
      return new Line(line, cursor, List.copyOf(texts), texts.size() - 1, 0, 0);
    }
    int rawCursor = cursor - before.getLast().begin();
    int end = cursor;
    while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
      end++;
    }
    return new Line(line, cursor, List.copyOf(texts), texts.size() - 1, rawCursor, end - before.getLast().begin());
  }
}
