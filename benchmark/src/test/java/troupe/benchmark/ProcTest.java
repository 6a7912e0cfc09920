package troupe.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcTest {
  @Test
  void residentMemoryIsVmRssInBytes() {
    String status = """
        Name:\tjava
        VmHWM:\t  999999 kB
        VmRSS:\t  123456 kB
        RssAnon:\t  100000 kB
        """;
    assertEquals(123_456L * 1024, Proc.residentBytes(status));
  }

  @Test
  void writtenIsWhatWentToTheDiskAndNotWhatWasTakenBack() {
    String io = """
        rchar: 1
        wchar: 2
        syscr: 3
        syscw: 4
        read_bytes: 5
        write_bytes: 8192
        cancelled_write_bytes: 4096
        """;
    assertEquals(8192, Proc.writtenBytes(io));
  }

  @Test
  void theLiveHeapIsTheTotalOfTheHistogram() {
    String histogram = """
        4711:
         num     #instances         #bytes  class name (module)
        -------------------------------------------------------
           1:         23456        1234567  [B (java.base@25.0.3)
           2:             1             16  example.Total
        Total         23457        1234583
        """;
    assertEquals(1_234_583, Proc.liveHeapBytes(histogram));
  }

  @Test
  void theDiskIsTheNumberOfDuAlsoWhenAFileWentAwayMeanwhile() {
    assertEquals(40_960, Proc.diskBytes("40960\t/some/where/100\n"));
    assertEquals(40_960, Proc.diskBytes("du: cannot access '/some/where/100 to 200': gone\n40960\t/some/where\n"));
  }

  @Test
  void theMachineIsBusyUnlessItIsIdleOrWaitsForItsDisk() {
    String stat = """
        cpu  100 20 300 9000 8000 4 5 6 70 80
        cpu0 1 1 1 1 1 1 1 1 1 1
        intr 12345
        """;
    assertEquals(Duration.ofMillis(4_350), Proc.busy(stat));
  }

  @Test
  void anUnexpectedTextIsRefusedAndShown() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> Proc.liveHeapBytes("4711: no such process"));
    assertTrue(refusal.getMessage().contains("no such process"), refusal::getMessage);
  }
}
