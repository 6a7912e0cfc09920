package troupe.conformance;

import java.util.Set;

/** Something that happens to one server or to all, and its end. Three servers and more go on serving meanwhile. */
enum EnsembleFault {
  LEADER_KILLED {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      return killed(ensemble, ensemble.awaitLeader());
    }
  },

  FOLLOWER_KILLED {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      return killed(ensemble, ensemble.follower());
    }
  },

  /** It comes back with nothing, and gets all of the tree. */
  FOLLOWER_WIPED {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      int follower = ensemble.follower();
      ensemble.kill(follower);
      ensemble.wipe(follower);
      return ensemble::launchDead;
    }
  },

  /** The power goes. It is back before anybody could be served. */
  ALL_KILLED {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      ensemble.killAll();
      ensemble.launchDead();
      return () -> {};
    }
  },

  /** It stands still long enough to be replaced, and then goes on as if nothing had been. */
  LEADER_PAUSED {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      return paused(ensemble.server(ensemble.awaitLeader()));
    }
  },

  FOLLOWER_PAUSED {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      return paused(ensemble.server(ensemble.follower()));
    }
  },

  LEADER_CUT_OFF {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      int leader = ensemble.awaitLeader();
      ensemble.cables().orElseThrow().cut(Set.of(leader), ensemble.others(leader));
      return healed(ensemble);
    }
  },

  FOLLOWER_CUT_OFF {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      int follower = ensemble.follower();
      ensemble.cables().orElseThrow().cut(Set.of(follower), ensemble.others(follower));
      return healed(ensemble);
    }
  },

  /** It hears the others, but they do not hear it. */
  LEADER_MUTE {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      int leader = ensemble.awaitLeader();
      ensemble.others(leader).forEach(other -> ensemble.cables().orElseThrow().cutOneWay(leader, other));
      return healed(ensemble);
    }
  },

  /** The others hear it, but it does not hear them. */
  LEADER_DEAF {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      int leader = ensemble.awaitLeader();
      ensemble.others(leader).forEach(other -> ensemble.cables().orElseThrow().cutOneWay(other, leader));
      return healed(ensemble);
    }
  },

  /** The leader and one follower do not reach each other; whoever else there is reaches both. */
  ONE_LINK_CUT {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      ensemble.cables().orElseThrow().cut(Set.of(ensemble.awaitLeader()), Set.of(ensemble.follower()));
      return healed(ensemble);
    }
  },

  /** It stops, or it goes on without writing: either is right, as long as it is no part of what is acknowledged. */
  FOLLOWERS_DISK_FULL {
    @Override
    Struck strike(EnsembleUnderTest ensemble) {
      while (ensemble.awaitLeader() == ensemble.small()) {
        ensemble.kill(ensemble.small());
        ensemble.launchDead();
        ensemble.awaitServing();
      }
      ensemble.disk().orElseThrow().fill();
      return () -> {
        ensemble.disk().orElseThrow().free();
        ensemble.launchDead();
      };
    }
  };

  /** A fault under way. */
  interface Struck {
    /** Ends it. The servers then find together by themselves. */
    void end();
  }

  /** Lets it happen to an ensemble of which all servers serve. */
  abstract Struck strike(EnsembleUnderTest ensemble);

  /** Whether this machine lets us do it. */
  boolean isPermitted(EnsembleUnderTest ensemble) {
    return switch (this) {
      case LEADER_CUT_OFF, FOLLOWER_CUT_OFF, LEADER_MUTE, LEADER_DEAF, ONE_LINK_CUT -> ensemble.cables().isPresent();
      case FOLLOWERS_DISK_FULL -> ensemble.disk().isPresent();
      case LEADER_KILLED, FOLLOWER_KILLED, FOLLOWER_WIPED, ALL_KILLED, LEADER_PAUSED, FOLLOWER_PAUSED -> true;
    };
  }

  private static Struck killed(EnsembleUnderTest ensemble, int id) {
    ensemble.kill(id);
    return ensemble::launchDead;
  }

  private static Struck paused(NodeProcess server) {
    server.pause();
    return server::resume;
  }

  private static Struck healed(EnsembleUnderTest ensemble) {
    return () -> ensemble.cables().orElseThrow().heal();
  }
}
