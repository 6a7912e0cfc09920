package troupe.persistence;

import org.junit.jupiter.api.Nested;

class StateStoreTest {
  @Nested
  class OnTheNativeLibrary extends StateStoreContract {
    OnTheNativeLibrary() {
      super(true);
    }
  }

  @Nested
  class OnThePortToJava extends StateStoreContract {
    OnThePortToJava() {
      super(false);
    }
  }
}
