/**
 * What actor-based clients and servers tell each other.
 *
 * <p>Start at {@link troupe.protocol.ClientProtocol}. What is in its frames is in {@code client.proto}, whose generated
 * classes both sides translate into their own; how frames are numbered and put together: {@link troupe.protocol.Outbox},
 * {@link troupe.protocol.Inbox}. Knows none of our rooms.
 */
package troupe.protocol;
