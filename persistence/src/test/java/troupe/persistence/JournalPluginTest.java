package troupe.persistence;

import org.junit.jupiter.api.Nested;

class JournalPluginTest {
  @Nested
  class OnTheNativeLibrary extends JournalPluginContract {
    OnTheNativeLibrary() {
      super(true);
    }
  }

  @Nested
  class OnThePortToJava extends JournalPluginContract {
    OnThePortToJava() {
      super(false);
    }
  }
}
