package troupe.shell;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What may come next: the name of a command, one of its options or choices, or the path of a node that exists. */
final class Completion implements Completer {
  /** Whoever types does not wait longer for a server. */
  private static final long PATIENCE_MILLIS = 1_000;

  private final Dialogue dialogue;

  Completion(Dialogue dialogue) {
    this.dialogue = dialogue;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String word = line.word().substring(0, line.wordCursor());
    if (line.wordIndex() == 0 || line.wordIndex() == 1 && line.words().getFirst().equals("help")) {
      Commands.names().forEach(name -> candidates.add(new Candidate(name)));
    } else if (word.startsWith("/")) {
      children(word).forEach(candidates::add);
    } else {
      Commands.parser(line.words().getFirst()).ifPresent(parser -> {
        String last = line.words().get(line.wordIndex() - 1);
        OptionSpec waiting = parser.getCommandSpec().findOption(last);
        if (waiting != null && waiting.arity().max() > 0) {
          choices(waiting.completionCandidates(), candidates);
        } else if (word.startsWith("-")) {
          options(parser, candidates);
        } else {
          for (PositionalParamSpec parameter : parser.getCommandSpec().positionalParameters()) {
            choices(parameter.completionCandidates(), candidates);
          }
        }
      });
    }
  }

  private static void choices(Iterable<String> choices, List<Candidate> candidates) {
    if (choices != null) {
      choices.forEach(choice -> candidates.add(new Candidate(choice)));
    }
  }

  private static void options(CommandLine parser, List<Candidate> candidates) {
    for (OptionSpec option : parser.getCommandSpec().options()) {
      String meaning = option.description().length > 0 ? option.description()[0] : "";
      candidates.add(new Candidate(option.shortestName(), option.shortestName(), null, meaning, null, null, true));
    }
  }

  /** The children of the node whose path ends with the last slash of {@code typed}. */
  private List<Candidate> children(String typed) {
    int slash = typed.lastIndexOf('/');
    String parent = slash == 0 ? "/" : typed.substring(0, slash);
    try {
      return dialogue.established().orElseThrow(() -> new NoConnection("there is none"))
          .children(parent, false)
          .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).stream()
          .map(name -> NodePath.child(parent, name))
          .filter(path -> path.startsWith(typed))
          .sorted()
          // Not complete: a slash and a child of this one may follow.
          .map(path -> new Candidate(path, path.substring(slash + 1), null, null, null, null, false))
          .toList();
    } catch (NoConnection | ExecutionException | TimeoutException | IllegalArgumentException e) {
      return List.of(); // nobody has asked for an error here
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
