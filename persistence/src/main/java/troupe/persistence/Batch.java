package troupe.persistence;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import troupe.ensemble.Zxid;
import troupe.persistence.wire.BatchMessage;
import troupe.tree.Transaction;

/**
 * One proposal: transactions with consecutive zxids of one epoch. Encoded once; the same bytes go to the journal and
 * to every learner.
 */
public final class Batch {
  private final List<Transaction> transactions;
  private final long digest;
  private final ByteString encoded;

  private Batch(List<Transaction> transactions, long digest, ByteString encoded) {
    this.transactions = transactions;
    this.digest = digest;
    this.encoded = encoded;
  }

  /**
   * A new proposal.
   *
   * @param digest of the tree after the last transaction
   * @throws IllegalArgumentException if it is empty or has a gap
   */
  public static Batch of(List<Transaction> transactions, long digest) {
    if (transactions.isEmpty()) {
      throw new IllegalArgumentException("a batch has at least one transaction");
    }
    for (int i = 1; i < transactions.size(); i++) {
      Zxid zxid = transactions.get(i).zxid();
      if (!zxid.equals(transactions.get(i - 1).zxid().next())) {
        throw new IllegalArgumentException(zxid + " comes directly after " + transactions.get(i - 1).zxid());
      }
    }
    return new Batch(List.copyOf(transactions), digest, TransactionCodec.encode(transactions, digest).toByteString());
  }

  /** @throws InvalidProtocolBufferException if the bytes are no batch */
  public static Batch decode(ByteString encoded) throws InvalidProtocolBufferException {
    BatchMessage message = BatchMessage.parseFrom(encoded);
    return new Batch(TransactionCodec.decode(message), message.getDigest(), encoded);
  }

  static Batch decode(BatchMessage message) throws InvalidProtocolBufferException {
    return new Batch(TransactionCodec.decode(message), message.getDigest(), message.toByteString());
  }

  public List<Transaction> transactions() {
    return transactions;
  }

  public Zxid first() {
    return transactions.getFirst().zxid();
  }

  public Zxid last() {
    return transactions.getLast().zxid();
  }

  /** Of the tree after {@link #last}: a server whose tree has another one has gone wrong. */
  public long digest() {
    return digest;
  }

  /** Bytes in the journal and on the wire. */
  public int size() {
    return encoded.size();
  }

  /** As in the journal and on the wire. */
  public ByteString encoded() {
    return encoded;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Batch that && encoded.equals(that.encoded);
  }

  @Override
  public int hashCode() {
    return encoded.hashCode();
  }

  @Override
  public String toString() {
    return "Batch[" + first() + ".." + last() + "]";
  }
}
