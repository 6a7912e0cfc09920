package troupe.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.GetDataRequest;
import org.apache.zookeeper.proto.RequestHeader;
import org.apache.zookeeper.proto.SetDataRequest;
import org.apache.zookeeper.server.ByteBufferInputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A request's header and body from the bytes of its frame, as each of the two servers reads them from its network. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
public class RequestDecoding {
  private static final String PATH = "/app/config/node-0000000042";
  private static final byte[] DATA = new byte[100];

  /** What is asked. */
  public enum Request {
    GET_DATA(ZooDefs.OpCode.getData, new GetDataRequest(PATH, false)),
    CREATE(ZooDefs.OpCode.create, new CreateRequest(PATH, DATA, ZooDefs.Ids.OPEN_ACL_UNSAFE, 0)),
    SET_DATA(ZooDefs.OpCode.setData, new SetDataRequest(PATH, DATA, -1)),
    MULTI_OF_3(ZooDefs.OpCode.multi, new MultiOperationRecord(List.of(
        Op.check(PATH, 3), Op.setData(PATH, DATA, -1),
        Op.create(PATH, DATA, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT))));

    private final int op;
    private final Record body;

    Request(int op, Record body) {
      this.op = op;
      this.body = body;
    }

    byte[] frame() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryOutputArchive out = BinaryOutputArchive.getArchive(bytes);
      new RequestHeader(1, op).serialize(out, "header");
      body.serialize(out, "request");
      return bytes.toByteArray();
    }
  }

  @Param
  public Request request;

  private ByteBuf direct;
  private ByteBuffer heap;

  /** Netty's epoll transport reads into direct memory, ZooKeeper's NIO transport into an array. */
  @Setup
  public void frame() throws IOException {
    byte[] frame = request.frame();
    direct = PooledByteBufAllocator.DEFAULT.directBuffer(frame.length).writeBytes(frame);
    heap = ByteBuffer.wrap(frame);
  }

  @Benchmark
  public Object troupe() {
    direct.readerIndex(0);
    int xid = direct.readInt();
    int op = direct.readInt();
    return RequestDecoder.decode(xid, op, direct);
  }

  /** Source: ZooKeeperServer.processPacket, ByteBufferRequestRecord. */
  @Benchmark
  public Object zooKeeper() throws IOException {
    heap.rewind();
    RequestHeader header = new RequestHeader();
    header.deserialize(BinaryInputArchive.getArchive(new ByteBufferInputStream(heap)), "header");
    Record body = switch (header.getType()) {
      case ZooDefs.OpCode.getData -> new GetDataRequest();
      case ZooDefs.OpCode.create -> new CreateRequest();
      case ZooDefs.OpCode.setData -> new SetDataRequest();
      case ZooDefs.OpCode.multi -> new MultiOperationRecord();
      default -> throw new IllegalStateException("no request " + header.getType());
    };
    ByteBufferInputStream.byteBuffer2Record(heap.slice(), body);
    return body;
  }
}
