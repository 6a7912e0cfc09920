/**
 * The server's side of sessions of actor-based clients.
 *
 * <p>Start at {@link troupe.reception.Reception}, which lets clients in; each has a {@code Connection}, which is to its
 * session what a connection of the client port is. From and to the protocol: {@code RequestReader}, {@code AnswerWriter}.
 * Streams of changes: {@code Changes}. Knows {@code session}, {@code protocol}, and from {@code actors} whether the server
 * serves; no leader.
 */
package troupe.reception;
