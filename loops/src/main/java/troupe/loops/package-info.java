/**
 * Threads on which connections and actors run together, so that what a connection reads is handled by actors, and what
 * they answer is written, without waking another thread: {@link troupe.loops.EventLoops} for clients' connections and
 * their sessions, {@link troupe.loops.CoreLoop} for the servers' connections and the actors of the core. And one that wakes
 * nobody before it has to: {@link troupe.loops.SleepingScheduler}, for all timers.
 */
package troupe.loops;
