/**
 * How servers reach each other, and notice that one of them has died.
 *
 * <p>Each server holds a plain TCP connection to each other one, its life line ({@link troupe.links.LifeLines}): the
 * kernel closes it the moment the process at its other end is gone. On it goes what the server has to say to that other
 * one ({@link troupe.links.Lanes}), written and read by the thread of those whom it concerns. To an older server, which
 * knows no lanes, it goes over Pekko Remoting ({@link troupe.links.RemoteLinks}). Either way in the form of {@code
 * peers.proto} ({@link troupe.links.PeerCodec}).
 */
package troupe.links;
