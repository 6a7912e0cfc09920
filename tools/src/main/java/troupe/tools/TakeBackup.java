package troupe.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import troupe.persistence.Backup;
import troupe.persistence.CorruptSnapshotException;
import troupe.persistence.DataAtRest;
import troupe.tree.DataTree;

/** {@code troupe backup}: the newest state of a server, running or not, in one file. */
@Command(
    name = "backup",
    separator = " ",
    description = "Save the newest state in one file: of a running server, or of one that does not run.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe backup /backup/troupe-monday                 of the server on this machine, while it runs",
      "  troupe backup --url https://zoo1.example.org:7626 --ca ca.pem --token-file token /backup/troupe",
      "  troupe backup --data-dir /var/lib/troupe /backup/troupe        of a server that does not run",
      "",
      "Any server will do; one that has fallen behind saves an older state. The file is there only once it is",
      "complete and found sound. It holds all data and the passwords of sessions: only its owner may read it.",
      "A running server gives it to those with the right to act: see 'troupe credential'. What it is good for:",
      "'troupe restore', 'troupe snapshot verify|dump|compare'.",
      "",
      "Exit codes: 0 when the file is there, 1 when not, 2 when the command or the credentials are wrong."
    })
final class TakeBackup extends Tool {
  /** As long as the server gives it: it writes the snapshot before it answers. */
  private static final Duration FOR_A_SNAPSHOT = Duration.ofMinutes(10);
  private static final String PATH = "/troupe/backup";
  private static final int PART = 1 << 16;

  @Mixin private ManagementPort port;

  @Option(
      names = "--data-dir", paramLabel = "DIRECTORY",
      description = "Save the state of a server that does not run, from its data directory.")
  private Optional<Path> data;

  @Option(
      names = "--log-dir", paramLabel = "DIRECTORY",
      description = "The directory of that server's log, if it has one of its own.")
  private Optional<Path> log;

  @Option(names = "--replace", description = "Replace FILE if it is there already, once the new one is sound.")
  private boolean replace;

  @Parameters(paramLabel = "FILE", description = "The file to write.")
  private Path file;

  TakeBackup(Map<String, String> environment) {
    super(environment);
    this.port = new ManagementPort(environment);
  }

  @Override
  int run(Report report) throws IOException, InterruptedException {
    Path target = file.toAbsolutePath().normalize();
    if (Files.isDirectory(target) || !replace && Files.exists(target)) {
      throw new WrongInput(file + " is there already; name another file, or add --replace");
    }
    if (!Files.isDirectory(target.getParent())) {
      throw new NoSuchFileException(target.getParent().toString());
    }
    if (log.isPresent() && data.isEmpty()) {
      throw new WrongInput("--log-dir goes with --data-dir");
    }
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    createPrivately(temporary);
    try {
      if (data.isPresent()) {
        save(temporary, target);
      } else {
        download(temporary);
      }
      SoundFile sound = check(data.isPresent() ? target : temporary);
      if (data.isEmpty()) {
        putInPlace(temporary, target);
      }
      long bytes = Files.size(target);
      report.line(() -> file + ": " + sound + ", " + bytes + " bytes, digest " + sound.head().digest(), json -> {
        json.writeStringField("file", file.toString());
        sound.writeTo(json);
        json.writeNumberField("bytes", bytes);
      });
      return FINE;
    } catch (ManagementPort.Unreachable e) {
      throw new Failed(e.getMessage(), e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Before anything is written to it: a file with secrets in it is not for everybody even for a moment. */
  private static void createPrivately(Path temporary) throws IOException {
    Files.deleteIfExists(temporary); // of an earlier run that was killed
    Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private SoundFile check(Path written) throws IOException {
    try {
      return SoundFile.read(written, progress("nodes checked", 0));
    } catch (CorruptSnapshotException e) {
      throw new Failed("what was written is not sound: " + e.getMessage(), e);
    }
  }

  private void save(Path temporary, Path target) throws IOException {
    try (DataAtRest server = DataAtRest.open(data.orElseThrow(), log)) {
      server.remarks().forEach(this::tell);
      DataTree tree = server.newest().tree();
      Backup.write(tree, target); // by way of the temporary file, which is there already
    }
  }

  private void download(Path temporary) throws IOException, InterruptedException {
    if (port.isExposed()) {
      tell("the credentials, and all data, go to and from " + port.url() + " for everybody on the way to read; use"
          + " https");
    }
    HttpResponse<InputStream> answer = port.get(PATH, FOR_A_SNAPSHOT);
    long announced = answer.headers().firstValueAsLong("Content-Length").orElse(0);
    try (InputStream in = answer.body();
        OutputStream out = Files.newOutputStream(temporary);
        Progress progress = progress("bytes", announced)) {
      byte[] part = new byte[PART];
      long bytes = 0;
      for (int read = read(in, part); read >= 0; read = read(in, part)) {
        out.write(part, 0, read);
        bytes += read;
        progress.at(bytes);
      }
    }
  }

  private int read(InputStream in, byte[] part) {
    try {
      return in.read(part);
    } catch (IOException e) {
      throw new Failed("the answer of " + port.url() + " ended early: " + e.getMessage() + "; nothing was kept", e);
    }
  }

  private static void putInPlace(Path temporary, Path target) throws IOException {
    try (FileChannel written = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
