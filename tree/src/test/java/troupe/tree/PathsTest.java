package troupe.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {
  @ParameterizedTest
  @ValueSource(strings = {
      "/", "/a", "/a/b", "/a.", "/.a", "/..a", "/a..", "/...", "/a/.b/c..", "/ ", "/\u0020", "/\u007e", "/\u00a0",
      "/\u00e9", "/\ud7ff", "/\uf900", "/\uffef", "/a b"})
  void valid(String path) {
    assertTrue(Paths.isValid(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "", "a", "a/b", "//", "/a/", "/a//b", "//a", "/.", "/..", "/./a", "/../a", "/a/.", "/a/..", "/a/./b", "/a/../b",
      "/\u0000", "/a\u0000b", "/\u0001", "/\u001f", "/\u007f", "/\u009f", "/\ud800", "/\uf8ff", "/\ufff0", "/\uffff",
      "/\ud83d\ude00"})
  void notValid(String path) {
    assertFalse(Paths.isValid(path));
  }

  @Test
  void theParentOfATopLevelNodeIsTheRootByItsOtherName() {
    assertEquals("", Paths.parent("/a"));
    assertEquals("/a/b", Paths.parent("/a/b/c"));
    assertEquals("c", Paths.name("/a/b/c"));
    assertEquals("", Paths.name("/"));
  }
}
