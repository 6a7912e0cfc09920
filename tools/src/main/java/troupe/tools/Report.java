package troupe.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.Supplier;

/** What a command has found, line by line: text, or a JSON object each. Nothing of it is kept in memory. */
final class Report implements AutoCloseable {
  private static final int LINES_BETWEEN_LOOKS = 256;

  /** Nobody reads what is written any more. */
  static final class ReaderGone extends IOException {
    private static final long serialVersionUID = 1;
  }

  /** Writes the fields of one object. */
  interface Fields {
    void to(JsonGenerator json) throws IOException;
  }

  private final PrintWriter out;
  private final boolean asJson;
  private final JsonGenerator json;
  private long lines;

  Report(PrintWriter out, boolean asJson) {
    this.out = out;
    this.asJson = asJson;
    try {
      json = new JsonFactory().createGenerator(out)
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
          .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
          .setPrettyPrinter(new MinimalPrettyPrinter(""));
    } catch (IOException e) {
      throw new IllegalStateException("a writer does not fail at once", e);
    }
  }

  /** One line, in whichever form was asked for. */
  void line(Supplier<String> text, Fields fields) throws IOException {
    if (asJson) {
      json.writeStartObject();
      fields.to(json);
      json.writeEndObject();
      json.writeRaw('\n');
      json.flush();
    } else {
      out.print(text.get());
      out.print('\n');
    }
    if (++lines % LINES_BETWEEN_LOOKS == 0) {
      flush();
    }
  }

  /** For people only: programs find it in a field of another line. */
  void text(String line) throws IOException {
    if (!asJson) {
      line(() -> line, ignored -> {});
    }
  }

  /** What was said so far goes out. */
  void flush() throws IOException {
    if (out.checkError()) {
      throw new ReaderGone();
    }
  }

  @Override
  public void close() {
    out.flush();
  }
}
