package troupe.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import troupe.session.ClientRequest;

class PendingRequestsTest {
  private record Expected(int xid, int op, long nanos, Object detail, ClientRequest request) {}

  @Test
  void theOldestComesOutFirstHoweverManyThereAre() {
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      PendingRequests pending = new PendingRequests();
      Deque<Expected> model = new ArrayDeque<>();
      for (int i = 0; i < 1000; i++) {
        int bias = i / 250 % 2 == 0 ? 3 : 1; // first it grows, then it shrinks
        if (model.isEmpty() || random.nextInt(4) < bias) {
          Expected next = new Expected(random.nextInt(), random.nextInt(), random.nextLong(), new Object(),
              new ClientRequest.Sync(i));
          pending.add(next.xid(), next.op(), next.nanos(), next.detail(), next.request());
          model.add(next);
        } else {
          model.poll();
          pending.remove();
        }
        assertEquals(model.size(), pending.size(), "seed " + seed);
        if (!model.isEmpty()) {
          Expected oldest = model.peek();
          assertEquals(oldest, new Expected(pending.xid(), pending.op(), pending.arrival(), pending.detail(),
              pending.request()), "seed " + seed);
          assertSame(oldest.detail(), pending.detail());
        }
      }
    }
  }
}
