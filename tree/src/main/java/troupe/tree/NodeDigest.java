package troupe.tree;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * One node's share of a tree's digest. Shares are added up, so a change costs two of them, whatever the size of the
 * tree. Source: ZooKeeper's AdHash.
 */
public final class NodeDigest {
  private NodeDigest() {}

  /** @param path as the tree itself writes it: empty for the root */
  public static long of(String path, Znode node) {
    CRC32C crc = new CRC32C();
    crc.update(path.isEmpty() ? new byte[] {'/'} : path.getBytes(StandardCharsets.UTF_8));
    long hash = mixed(crc.getValue());
    crc.update(node.data());
    hash = mixed(hash ^ crc.getValue() << 32 ^ node.data().length);
    hash = mixed(hash ^ node.czxid());
    hash = mixed(hash ^ node.mzxid());
    hash = mixed(hash ^ node.pzxid());
    hash = mixed(hash ^ node.ctime());
    hash = mixed(hash ^ node.mtime());
    hash = mixed(hash ^ node.owner());
    hash = mixed(hash ^ ((long) node.version() << 32 | node.creations() & 0xFFFF_FFFFL));
    return mixed(hash ^ node.aversion());
  }

  /** The finalizer of SplitMix64: every bit in moves about half of those out. */
  private static long mixed(long value) {
    long z = value + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
    return z ^ z >>> 31;
  }
}
