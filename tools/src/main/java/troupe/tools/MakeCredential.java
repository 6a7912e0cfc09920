package troupe.tools;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import troupe.management.Credential;

/** {@code troupe credential}: a line for {@code troupe.management.credentials} that does not give the secret away. */
@Command(
    name = "credential",
    separator = " ",
    description = "Print a line for troupe.management.credentials, from a password that is asked for, or a new token.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe credential                                       asks for a password, twice",
      "  troupe credential --user anna --rights read < secret    takes the first line of a file",
      "  troupe credential --user ci --token                     makes a token, and shows it this once",
      "",
      "The line goes to standard output and holds only a hash; a token goes to standard error.",
      "",
      "Exit codes: 0 when the line was printed, 2 when the command is wrong or the password empty."
    })
final class MakeCredential extends Tool {
  private static final List<String> RIGHTS = List.of("read", "act");

  /** Set by the launcher to 1 if standard input is a terminal. */
  private static final String KEYBOARD = "TROUPE_KEYBOARD";

  @Option(names = "--user", paramLabel = "NAME", defaultValue = "ops", description = "Whose it is: ops if not given.")
  private String user;

  @Option(
      names = "--rights", paramLabel = "RIGHT", split = ",", defaultValue = "read,act",
      description = "read, act, or both: read,act if not given.")
  private List<String> rights;

  @Option(names = "--token", description = "A new random token instead of a password: for programs.")
  private boolean token;

  MakeCredential(Map<String, String> environment) {
    super(environment);
  }

  @Override
  int run(Report report) throws IOException {
    Set<String> chosen = new LinkedHashSet<>(rights);
    if (chosen.isEmpty() || !RIGHTS.containsAll(chosen)) {
      throw new WrongInput("--rights is a list of these: read,act");
    }
    if (user.isBlank() || user.contains(":") || user.codePoints().anyMatch(Character::isISOControl)) {
      throw new WrongInput("--user is a name without a colon");
    }
    SecureRandom random = new SecureRandom();
    String kind = token ? "token" : "password";
    String encoded;
    if (token) {
      String secret = Credential.newToken(random);
      tell("the token of " + user + ", shown this once: " + secret);
      encoded = Credential.ofToken(secret).encoded();
    } else {
      String password = password();
      if (password.isEmpty()) {
        throw new WrongInput("the password is empty; one line is read from standard input");
      }
      encoded = Credential.ofPassword(password, random).encoded();
    }
    report.line(
        () -> "{user = " + Texts.quoted(user) + ", " + kind + " = \"" + encoded + "\", rights = ["
            + String.join(", ", chosen) + "]}",
        json -> {
          json.writeStringField("user", user);
          json.writeStringField(kind, encoded);
          json.writeArrayFieldStart("rights");
          for (String right : chosen) {
            json.writeString(right);
          }
          json.writeEndArray();
        });
    return FINE;
  }

  private String password() throws IOException {
    if (!"1".equals(environment().get(KEYBOARD))) {
      String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      return line == null ? "" : line;
    }
    Console console = System.console();
    if (console == null) { // it is there only if standard output is a terminal too
      throw new WrongInput("the password would be seen while it is typed, since the output does not go to a terminal;"
          + " write the password into the input, or let the line be shown");
    }
    char[] once = console.readPassword("Password of %s: ", user);
    char[] again = console.readPassword("Once more: ");
    if (!Arrays.equals(once, again)) {
      throw new WrongInput("these are two different passwords");
    }
    return once == null ? "" : new String(once);
  }
}
