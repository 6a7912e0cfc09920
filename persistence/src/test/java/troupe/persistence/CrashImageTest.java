package troupe.persistence;

import org.junit.jupiter.api.Nested;

class CrashImageTest {
  @Nested
  class OnTheNativeLibrary extends CrashImageContract {
    OnTheNativeLibrary() {
      super(true);
    }
  }

  @Nested
  class OnThePortToJava extends CrashImageContract {
    OnThePortToJava() {
      super(false);
    }
  }
}
