package troupe.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Who somebody says they are.
 *
 * @param text what the scheme wants, such as {@code anna:secret} for {@code digest}; never printed
 */
record Credential(String scheme, String text) {
  /** Reads {@code scheme:credential}. */
  static final class Converter implements ITypeConverter<Credential> {
    @Override
    public Credential convert(String text) {
      return parse(text);
    }
  }

  private static Credential parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new TypeConversionException("SCHEME:CREDENTIAL is needed, such as digest:anna:secret");
    }
    return new Credential(text.substring(0, colon), text.substring(colon + 1));
  }

  /**
   * Reads a file with one {@code scheme:credential} a line.
   *
   * @throws WrongInput if it cannot be read, or is something else
   */
  static List<Credential> read(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .map(Credential::parse)
          .toList();
    } catch (IOException e) {
      throw new WrongInput("--auth-file " + file + ": it cannot be read (" + e.getClass().getSimpleName() + ")");
    } catch (TypeConversionException e) {
      throw new WrongInput("--auth-file " + file + ": in each line " + e.getMessage());
    }
  }

  byte[] secret() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return scheme + ":(hidden)";
  }
}
