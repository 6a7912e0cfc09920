/**
 * How servers notice that one of them has died: each holds a plain TCP connection to each other one, and the kernel
 * closes it the moment the process at its other end is gone.
 *
 * <p>Start at {@link troupe.links.LifeLines}. One connection is {@code LifeLine}, all that is ever said on it
 * {@code Greeting}. What a server has to say beyond that takes Pekko Remoting.
 */
package troupe.links;
