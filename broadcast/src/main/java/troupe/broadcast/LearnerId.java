package troupe.broadcast;

import troupe.ensemble.ServerId;

/** A learner in one of its conversations with the leader. */
record LearnerId(ServerId server, Conversation conversation) {}
