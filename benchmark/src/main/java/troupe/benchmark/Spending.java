package troupe.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What has been spent so far, or between two moments.
 *
 * @param server processor time of the server, or of all of an ensemble
 * @param client processor time of this process
 * @param machine processor time of everything on this machine
 * @param writtenBytes what they sent to the disk
 */
record Spending(Duration server, Duration client, Duration machine, long writtenBytes) {
  private static final Path MACHINE = Path.of("/proc/stat");

  static Spending soFar(Service service) throws IOException {
    return new Spending(
        service.cpu(),
        ProcessHandle.current().info().totalCpuDuration().orElseThrow(),
        Proc.busy(Files.readString(MACHINE)),
        service.writtenBytes());
  }

  Spending since(Spending earlier) {
    return new Spending(
        server.minus(earlier.server),
        client.minus(earlier.client),
        machine.minus(earlier.machine),
        writtenBytes - earlier.writtenBytes);
  }

  /** Processor time of what had no business here. */
  Duration others() {
    Duration others = machine.minus(server).minus(client);
    return others.isNegative() ? Duration.ZERO : others; // the kernel counts in steps
  }
}
