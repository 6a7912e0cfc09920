/** The server's side of sessions of actor-based clients. */
package troupe.reception;
