/**
 * The ZooKeeper client port: wire protocol, connections, and four-letter words.
 *
 * <p>Start at {@link troupe.gateway.Gateway}. A connection is a {@code Connection}, from its handshake to its end; what
 * the bytes of a request mean is in {@code RequestDecoder}, how an answer is written in {@code ReplyEncoder}. A
 * session's actor runs on its connection's event loop, which {@link troupe.loops.EventLoops} arranges, so that a read
 * takes no hop between threads. Source: ZooKeeper's zookeeper.jute, NIOServerCnxn, ZooKeeperServer.
 */
package troupe.gateway;
