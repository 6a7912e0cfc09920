package troupe.persistence;

import org.junit.jupiter.api.Nested;

class JournalStoreTest {
  @Nested
  class OnTheNativeLibrary extends JournalStoreContract {
    OnTheNativeLibrary() {
      super(true);
    }
  }

  @Nested
  class OnThePortToJava extends JournalStoreContract {
    OnThePortToJava() {
      super(false);
    }
  }
}
