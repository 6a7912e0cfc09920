/**
 * How servers reach each other, and notice that one of them has died.
 *
 * <p>What they say goes over Pekko Remoting: {@link troupe.links.RemoteLinks}, in the form of {@code peers.proto}
 * ({@link troupe.links.PeerCodec}). That a process has died is told by {@link troupe.links.LifeLines}: each server holds
 * a plain TCP connection to each other one, and the kernel closes it the moment the process at its other end is gone.
 */
package troupe.links;
