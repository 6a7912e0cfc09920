package troupe.shell;

import java.util.ArrayList;
import java.util.List;

/**
 * A line cut into words as ZooKeeper's command line cuts it: a quote at the beginning of a word, single or double, takes
 * everything up to its like, and is ordinary anywhere else. There are no escapes, so that JSON goes between single quotes.
 *
 * @param unclosed whether the last word lacks its closing quote
 */
record Words(List<Word> list, boolean unclosed) {
  /**
   * @param begin where it begins in its line, with its quote
   * @param end behind its last character and quote
   */
  record Word(String text, int begin, int end) {
    boolean isQuoted() {
      return end - begin > text.length();
    }
  }

  Words {
    list = List.copyOf(list);
  }

  static Words of(String line) {
    List<Word> words = new ArrayList<>();
    int at = 0;
    while (at < line.length()) {
      char first = line.charAt(at);
      if (Character.isWhitespace(first)) {
        at++;
      } else if (isQuote(first)) {
        int closing = line.indexOf(first, at + 1);
        if (closing < 0) {
          words.add(new Word(line.substring(at + 1), at, line.length()));
          return new Words(words, true);
        }
        words.add(new Word(line.substring(at + 1, closing), at, closing + 1));
        at = closing + 1;
      } else {
        int end = at;
        while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
          end++;
        }
        words.add(new Word(line.substring(at, end), at, end));
        at = end;
      }
    }
    return new Words(words, false);
  }

  /** The way to write {@code word} so that it is read as one. */
  static String quoted(String word) {
    boolean plain = !word.isEmpty() && !isQuote(word.charAt(0)) && word.chars().noneMatch(Character::isWhitespace);
    return plain ? word : word.indexOf('"') < 0 ? '"' + word + '"' : '\'' + word + '\'';
  }

  List<String> texts() {
    return list.stream().map(Word::text).toList();
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'';
  }
}
