package troupe.shell;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** What is said: text, or one JSON object a line. */
final class Printer {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int LINES_BETWEEN_LOOKS = 256;

  /** Nobody reads what is written any more. */
  static final class ReaderGone extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Writes the fields of one object. */
  interface Fields {
    void to(JsonGenerator json) throws IOException;
  }

  private final PrintWriter out;
  private final boolean asJson;
  private int lines;

  Printer(PrintWriter out, boolean asJson) {
    this.out = out;
    this.asJson = asJson;
  }

  boolean isJson() {
    return asJson;
  }

  /** In whichever form was asked for, without the end of the line. */
  String form(Supplier<String> text, Fields fields) {
    return asJson ? json(fields) : text.get();
  }

  private static String json(Fields fields) {
    StringWriter object = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(object)) {
      json.writeStartObject();
      fields.to(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string takes everything", e);
    }
    return object.toString();
  }

  /** Also from the client's thread, which tells of watches. */
  synchronized void line(String line) {
    out.print(line);
    out.print('\n');
    if (++lines % LINES_BETWEEN_LOOKS == 0) {
      flush();
    }
  }

  /** What was said so far goes out. */
  void flush() {
    if (out.checkError()) {
      throw new ReaderGone();
    }
  }
}
