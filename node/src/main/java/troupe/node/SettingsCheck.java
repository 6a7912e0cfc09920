package troupe.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Compares settings with the packaged ones, which name every key and show by example what its value looks like: a typo
 * must not be silent. Knows no single setting, so a new one needs nothing here.
 */
final class SettingsCheck {
  private static final String ROOT = "troupe";

  private final ConfigObject defaults;
  private final List<String> knownPaths = new ArrayList<>();

  SettingsCheck(Config defaults) {
    this.defaults = defaults.root();
    collectPaths(ROOT, this.defaults.get(ROOT));
  }

  private void collectPaths(String path, ConfigValue value) {
    knownPaths.add(path);
    if (value instanceof ConfigObject object) {
      object.forEach((key, child) -> collectPaths(path + "." + key, child));
    }
  }

  /** Refuses what belongs to neither Troupe nor a library: on a command line it can only be a mistake. */
  void noStrangers(Config line) {
    line.root().forEach((key, value) -> {
      if (!defaults.containsKey(key)) {
        throw unknown(firstPath(key, value), value);
      }
    });
  }

  /** Refuses {@code client.port} for {@code troupe.client.port}. Else a file may hold values for its own use. */
  void noMissingPrefix(Config file) {
    ConfigObject troupe = (ConfigObject) defaults.get(ROOT);
    file.root().forEach((key, value) -> {
      if (!defaults.containsKey(key) && troupe.containsKey(key)) {
        throw unknown(firstPath(key, value), value);
      }
    });
  }

  /** Refuses an unknown key below {@code troupe} and a value that does not look like its default. */
  void knownAndOfTheRightType(Config all) {
    compare(ROOT, all.root().get(ROOT), defaults.get(ROOT));
  }

  private void compare(String path, ConfigValue given, ConfigValue byDefault) {
    Shape shape = Shape.of(byDefault);
    if (!shape.fits(given)) {
      throw new Refused(where(given) + path + " = " + given.unwrapped() + ": " + shape.needed + " is needed");
    }
    if (byDefault instanceof ConfigObject known && given instanceof ConfigObject object) {
      object.forEach((key, value) -> {
        String child = path + "." + key;
        if (!known.containsKey(key)) {
          throw unknown(firstPath(child, value), value);
        }
        compare(child, value, known.get(key));
      });
    }
  }

  private static String firstPath(String path, ConfigValue value) {
    return value instanceof ConfigObject object && !object.isEmpty()
        ? path + "." + object.toConfig().entrySet().stream().map(e -> e.getKey()).sorted().findFirst().orElse("")
        : path;
  }

  private Refused unknown(String path, ConfigValue value) {
    return new Refused(where(value) + "there is no setting " + path + "; the nearest is " + nearest(path));
  }

  private static String where(ConfigValue value) {
    return value.origin().description() + ": ";
  }

  /** A setting of the same last name is nearer than one that merely reads alike: {@code troupe.port}. */
  private String nearest(String path) {
    return knownPaths.stream()
        .min(Comparator.<String>comparingInt(known -> lastName(known).equals(lastName(path)) ? 0 : 1)
            .thenComparingInt(known -> distance(known, path)))
        .orElseThrow();
  }

  private static String lastName(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** Letters to insert, delete or replace on the way from one to the other, case aside (Levenshtein). */
  private static int distance(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      int diagonal = i - 1;
      for (int j = 0; j <= b.length(); j++) {
        int above = row[j];
        row[j] = i == 0 ? j
            : j == 0 ? i
            : Math.min(diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1), 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[b.length()];
  }

  /** What a value looks like, and in words. */
  private enum Shape {
    BLOCK("a block of settings"),
    LIST("a list (as an argument: number its elements, key.0=...)"),
    TRUTH("true or false"),
    WHOLE_NUMBER("a whole number"),
    NUMBER("a number"),
    DURATION("a duration with its unit, such as 2s or 500ms,"),
    SIZE("a size, such as 64MiB,"),
    TEXT("text");

    private final String needed;

    Shape(String needed) {
      this.needed = needed;
    }

    static Shape of(ConfigValue example) {
      return switch (example.valueType()) {
        case OBJECT -> BLOCK;
        case LIST -> LIST;
        case BOOLEAN -> TRUTH;
        case NUMBER -> WHOLE_NUMBER.fits(example) ? WHOLE_NUMBER : NUMBER;
        case STRING -> DURATION.fits(example) ? DURATION : SIZE.fits(example) ? SIZE : TEXT;
        case NULL -> throw new IllegalStateException("a default of null: " + example.origin().description());
      };
    }

    boolean fits(ConfigValue value) {
      String key = "value";
      Config alone = value.atKey(key);
      String text = String.valueOf(value.unwrapped());
      boolean bare = text.matches("[+-]?[0-9.]+"); // the library would take a bare duration for milliseconds
      try {
        return switch (this) {
          case BLOCK -> value instanceof ConfigObject;
          case LIST -> alone.getList(key) != null;
          case TRUTH -> text.matches("true|false|yes|no|on|off");
          case WHOLE_NUMBER -> text.matches("[+-]?[0-9]+");
          case NUMBER -> !Double.isNaN(alone.getDouble(key));
          case DURATION -> !bare && alone.getDuration(key) != null;
          case SIZE -> alone.getMemorySize(key) != null;
          case TEXT -> alone.getString(key) != null;
        };
      } catch (ConfigException otherShape) {
        return false;
      }
    }
  }
}
