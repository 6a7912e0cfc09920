package troupe.gateway;

import troupe.session.ClientRequest;

/**
 * The requests of one connection that have no answer yet, oldest first. A ring of plain arrays: every request passes
 * through here, and none costs an object.
 */
final class PendingRequests {
  private static final int INITIAL = 16;

  private int[] xids = new int[INITIAL];
  private int[] ops = new int[INITIAL];
  private long[] arrivals = new long[INITIAL];
  private Object[] details = new Object[INITIAL];
  private ClientRequest[] requests = new ClientRequest[INITIAL];
  private int head;
  private int size;

  void add(int xid, int op, long nanos, Object detail, ClientRequest request) {
    if (size == xids.length) {
      grow();
    }
    int at = head + size & xids.length - 1;
    xids[at] = xid;
    ops[at] = op;
    arrivals[at] = nanos;
    details[at] = detail;
    requests[at] = request;
    size++;
  }

  int size() {
    return size;
  }

  int xid() {
    return xids[head];
  }

  int op() {
    return ops[head];
  }

  long arrival() {
    return arrivals[head];
  }

  Object detail() {
    return details[head];
  }

  ClientRequest request() {
    return requests[head];
  }

  void remove() {
    details[head] = null;
    requests[head] = null;
    head = head + 1 & xids.length - 1;
    size--;
  }

  private void grow() {
    int[] moreXids = new int[2 * size];
    int[] moreOps = new int[2 * size];
    long[] moreArrivals = new long[2 * size];
    Object[] moreDetails = new Object[2 * size];
    ClientRequest[] moreRequests = new ClientRequest[2 * size];
    for (int i = 0; i < size; i++) {
      int from = head + i & size - 1;
      moreXids[i] = xids[from];
      moreOps[i] = ops[from];
      moreArrivals[i] = arrivals[from];
      moreDetails[i] = details[from];
      moreRequests[i] = requests[from];
    }
    xids = moreXids;
    ops = moreOps;
    arrivals = moreArrivals;
    details = moreDetails;
    requests = moreRequests;
    head = 0;
  }
}
