package troupe.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.proto.GetChildrenResponse;
import org.apache.zookeeper.proto.GetDataResponse;
import org.apache.zookeeper.proto.ReplyHeader;
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
import troupe.session.Answer;
import troupe.tree.Acl;
import troupe.tree.Znode;

/**
 * A reply to its frame. Troupe's ends in direct memory, ready for the socket; ZooKeeper's in three arrays that the
 * transport still has to copy, which is not counted here. ZooKeeper's cache of replies to reads is not in play: it
 * holds 400 paths, and every write to a node voids its entry.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReplyEncoding {
  private static final long ZXID = 0x1_0000_0007L;
  private static final long TIME = 1_700_000_000_000L;
  private static final int ARRAY = 1024; // ZooKeeperServer.intBufferStartingSizeBytes
  private static final int BUFFER = 16 * 1024;
  private static final byte[] DATA = new byte[100];
  private static final Object NOTHING = new Object();
  private static final List<String> NAMES = IntStream.range(0, 100).mapToObj("node-%010d"::formatted).toList();
  private static final Znode NODE = new Znode(DATA, Acl.OPEN, ZXID, ZXID, ZXID, TIME, TIME, 0, 1, 0, 0);

  /** What is answered. */
  public enum Reply {
    DATA_OF_100_BYTES(OpCode.GET_DATA, new Answer.Node(NODE),
        new GetDataResponse(DATA, new Stat(ZXID, ZXID, TIME, TIME, 1, 0, 0, 0, DATA.length, 0, ZXID))),
    CHILDREN_100_NAMES(OpCode.GET_CHILDREN, new Answer.Children(NAMES, NODE), new GetChildrenResponse(NAMES));

    private final int op;
    private final Answer answer;
    private final Record record;

    Reply(int op, Answer answer, Record record) {
      this.op = op;
      this.answer = answer;
      this.record = record;
    }
  }

  @Param
  public Reply reply;

  private ByteBuf direct;

  @Setup
  public void buffer() {
    direct = PooledByteBufAllocator.DEFAULT.directBuffer(BUFFER);
  }

  @Benchmark
  public Object troupe() {
    direct.clear();
    ReplyEncoder.reply(direct, 1, reply.op, NOTHING, ZXID, reply.answer);
    return direct;
  }

  /** Source: ServerCnxn.serialize. */
  @Benchmark
  public Object zooKeeper() throws IOException {
    byte[] header = bytes(new ReplyHeader(1, ZXID, 0));
    byte[] body = bytes(reply.record);
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).putInt(header.length + body.length).rewind();
    return new ByteBuffer[] {length, ByteBuffer.wrap(header), ByteBuffer.wrap(body)};
  }

  private static byte[] bytes(Record record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(ARRAY);
    BinaryOutputArchive.getArchive(bytes).writeRecord(record, "");
    return bytes.toByteArray();
  }
}
