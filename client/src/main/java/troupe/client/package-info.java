/**
 * Sessions for Pekko applications that have joined the servers' cluster, without a socket protocol.
 *
 * <p>Start at {@link troupe.client.TroupeClient}, or at {@link troupe.client.Session}, the actor that it asks. What can be
 * asked is an {@link troupe.client.Operation}, and what comes of it an {@link troupe.client.Answer} or a
 * {@link troupe.client.Failure}. How to use it, and what it promises: docs/clients.md.
 */
package troupe.client;
