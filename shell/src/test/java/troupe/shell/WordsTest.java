package troupe.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.zookeeper.common.PathUtils;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser.ParseContext;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class WordsTest {
  private static List<String> words(String line) {
    return Words.of(line).texts();
  }

  private static ParsedLine parsed(String line) {
    return new LineParser().parse(line, line.length(), ParseContext.COMPLETE);
  }

  @Test
  void wordsAreCutAtBlanksAndQuotesKeepThemTogether() {
    assertEquals(List.of(), words("  \t "));
    assertEquals(List.of("get", "-s", "/x"), words(" get  -s\t/x "));
    assertEquals(List.of("set", "/x", "two words", "it's"), words("set /x \"two words\" \"it's\""));
    assertEquals(List.of("set", "/x", "{\"a\": 1}"), words("set /x '{\"a\": 1}'"));
    assertEquals(List.of("set", "/x", ""), words("set /x ''"));
  }

  @Test
  void aQuoteWithinAWordIsOrdinary() {
    assertEquals(List.of("set", "/x", "{\"a\":1}"), words("set /x {\"a\":1}"));
    assertEquals(List.of("a", "b"), words("\"a\"b"));
  }

  @Test
  void aQuoteThatIsNotClosedIsKnown() {
    assertTrue(Words.of("set /x 'one").unclosed());
    assertFalse(Words.of("set /x one'").unclosed());
    assertEquals(List.of("set", "/x", "one "), words("set /x 'one "));
  }

  @Test
  void whatIsQuotedIsReadAsOneWord() {
    for (String word : List.of("/x", "/with space", "it's", "'", "\"", "", "\ttab")) {
      assertEquals(List.of(word), words(Words.quoted(word)));
    }
  }

  @Test
  void theWordAtTheCursorIsTheOneToComplete() {
    assertEquals("", parsed("").word());
    assertEquals("ge", parsed("ge").word());
    assertEquals(0, parsed("ge").wordIndex());
    assertEquals("", parsed("get ").word());
    assertEquals(1, parsed("get ").wordIndex());
    assertEquals("/a b", parsed("get '/a b").word());
    assertEquals(1, parsed("get '/a b").wordIndex());
    assertEquals("", parsed("get '/a b'").word(), "a word behind its closing quote is over");
    assertEquals(5, ((CompletingParsedLine) parsed("get '/a b")).rawWordCursor());
  }

  @Test
  void whatIsCompletedIsQuotedWhereItMustBeAndOpenWhereMoreMayFollow() {
    CompletingParsedLine line = (CompletingParsedLine) parsed("get /a");
    assertEquals("/ab", line.escape("/ab", false).toString());
    assertEquals("\"/a b", line.escape("/a b", false).toString());
    assertEquals("\"/a b\"", line.escape("/a b", true).toString());
  }

  @Test
  void aPathIsCheckedAndLosesTheSlashBehindIt() {
    NodePath.Converter converter = new NodePath.Converter();
    assertEquals("/", converter.convert("/").text());
    assertEquals("/a/b", converter.convert("/a/b/").text());
    for (String wrong : List.of("", "a", "/a//", "/a//b", "/a/../b", "/a\u0001")) {
      TypeConversionException refused =
          assertThrows(TypeConversionException.class, () -> converter.convert(wrong));
      assertTrue(refused.getMessage().contains("is no path of a node"), refused.getMessage());
    }
    PathUtils.validatePath(NodePath.child("/", "a"));
    assertEquals("/a/b", NodePath.child("/a", "b"));
  }
}
