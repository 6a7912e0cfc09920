package troupe.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.ClusterCommand;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.remote.RemoteActorRefProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import scala.Option;
import troupe.actors.ServerSettings;
import troupe.ensemble.ServerId;
import troupe.links.LifeLines;
import troupe.protocol.ClientProtocol;

/** Several actor systems in one process, each with a server's settings and its place in the cluster, but no server. */
class MembershipTest {
  private static final String HOST = "127.0.0.1";
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private static final Duration APART = Duration.ofSeconds(1);

  private final List<ActorSystem<?>> running = new ArrayList<>();
  private List<Integer> ports;

  @BeforeEach
  void chooseFreePorts() throws Exception {
    ports = FreePorts.choose(6);
  }

  @AfterEach
  void stop() {
    running.forEach(MembershipTest::crash);
  }

  @Test
  void serversThatStartTogetherAreOneCluster() {
    List<ActorSystem<?>> all = List.of(start(1), start(2), start(3));
    all.forEach(system -> awaitMembers(system, all));
  }

  @Test
  void nobodyButTheFirstBeginsAClusterAndTheOthersWaitForIt() {
    ((Logger) LoggerFactory.getLogger("org.apache.pekko.cluster.Cluster")).setLevel(Level.WARN);
    ActorSystem<?> two = start(2);
    ActorSystem<?> three = LoggingTestKit.warn("Couldn't join seed nodes after [2] attempts")
        .withMdc(Map.of("pekkoAddress", "pekko://" + Remoting.SYSTEM + "@" + HOST + ":" + ports.get(2)))
        .expect(two, () -> start(3));
    assertEquals(List.of(), up(two));
    assertEquals(List.of(), up(three));
    ActorSystem<?> one = start(1);
    List<ActorSystem<?>> all = List.of(one, two, three);
    all.forEach(system -> awaitMembers(system, all));
  }

  @Test
  void aServerThatCrashedIsAcceptedAgainAtTheSameAddress() {
    List<ActorSystem<?>> all = List.of(start(1), start(2), start(3));
    all.forEach(system -> awaitMembers(system, all));
    crash(all.get(0)); // the one that began the cluster: it must not begin another
    ActorSystem<?> again = start(1);
    List<ActorSystem<?>> now = List.of(again, all.get(1), all.get(2));
    now.forEach(system -> awaitMembers(system, now));
  }

  @Test
  void aServerThatAnOperatorHasDownedEndsItsActorSystemAndComesBack() {
    List<ActorSystem<?>> all = List.of(start(1), start(2), start(3));
    all.forEach(system -> awaitMembers(system, all));
    Cluster.get(all.get(0)).manager().tell(new Down(self(all.get(2)).address()));
    assertWayBack(all.get(2));
    List<ActorSystem<?>> now = List.of(all.get(0), all.get(1), start(3));
    now.forEach(system -> awaitMembers(system, now));
  }

  @Test
  void aServerThatAnotherHasQuarantinedEndsItsActorSystemAndComesBack() {
    List<ActorSystem<?>> all = List.of(start(1), start(2), start(3));
    all.forEach(system -> awaitMembers(system, all));
    UniqueAddress three = self(all.get(2));
    ExtendedActorSystem one = (ExtendedActorSystem) Adapter.toClassic(all.get(0));
    ((RemoteActorRefProvider) one.provider()).quarantine(
        three.address(), Option.apply(three.longUid()), "a test wants it");
    assertWayBack(all.get(2));
    List<ActorSystem<?>> now = List.of(all.get(0), all.get(1), start(3));
    now.forEach(system -> awaitMembers(system, now));
  }

  @Test
  void aServerInAClusterOfItsOwnComesBackToTheOthers() {
    List<ActorSystem<?>> all = List.of(start(1), start(2), start(3));
    all.forEach(system -> awaitMembers(system, all));
    crash(all.get(0));
    ActorSystem<Membership.Command> apart = start(1, Join.create(address(1))); // as if the others were cut off
    awaitMembers(apart, List.of(apart));
    apart.tell(new Membership.Heard(new LifeLines.PeerFound(new ServerId(2))));
    apart.tell(new Membership.Heard(new LifeLines.PeerFound(new ServerId(3))));
    assertWayBack(apart);
    List<ActorSystem<?>> now = List.of(start(1), all.get(1), all.get(2));
    now.forEach(system -> awaitMembers(system, now));
  }

  @Test
  void mostServersStayTogetherThoughOneThatLivesIsElsewhere() {
    ActorSystem<Membership.Command> one = start(1);
    ActorSystem<Membership.Command> two = start(2);
    List<ActorSystem<?>> most = List.of(one, two);
    most.forEach(system -> awaitMembers(system, most));
    one.tell(new Membership.Heard(new LifeLines.PeerFound(new ServerId(3))));
    await().during(APART.multipliedBy(2)).atMost(PATIENCE).until(() -> up(one).size() == 2);
  }

  /** That one may be kept out for as long as a third is away; to end would be to take the service down. */
  @Test
  void aServerStaysWhereItIsThoughAsManyLiveElsewhere() {
    ActorSystem<Membership.Command> one = start(1);
    awaitMembers(one, List.of(one));
    one.tell(new Membership.Heard(new LifeLines.PeerFound(new ServerId(2))));
    await().during(APART.multipliedBy(2)).atMost(PATIENCE).until(() -> up(one).size() == 1);
  }

  @Test
  void aStopThatWasAskedForIsNoWayBack() throws Exception {
    ActorSystem<?> one = start(1);
    CoordinatedShutdown.get(one).runAll(CoordinatedShutdown.jvmExitReason()).toCompletableFuture()
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertFalse(Membership.isWayBack(CoordinatedShutdown.get(one).getShutdownReason().orElseThrow()));
  }

  @Test
  void anApplicationThatDiesIsTakenOutOfTheClusterAndAServerIsNot() throws Exception {
    List<ActorSystem<?>> servers = List.of(start(1), start(2), start(3));
    servers.forEach(system -> awaitMembers(system, servers));
    ActorSystem<?> application = startApplication(Map.of());
    List<ActorSystem<?>> all = List.of(servers.get(0), servers.get(1), servers.get(2), application);
    all.forEach(system -> awaitMembers(system, all));
    servers.get(0).systemActorOf(ClientDowning.create(APART), "client-downing", Props.empty());
    crash(application);
    servers.forEach(system -> awaitMembers(system, servers));
    crash(servers.get(2));
    await().atMost(PATIENCE).until(() ->
        Cluster.get(servers.get(0)).state().getUnreachable().iterator().hasNext());
    await().during(APART.multipliedBy(2)).atMost(PATIENCE).until(() -> up(servers.get(0)).size() == servers.size());
  }

  @Test
  void anApplicationThatTakesAllServersForLostMovesNobody() throws Exception {
    List<ActorSystem<Membership.Command>> servers = List.of(start(1), start(2), start(3));
    servers.forEach(system -> awaitMembers(system, List.copyOf(servers)));
    for (int id = 1; id <= 3; id++) {
      for (int other = 1; other <= 3; other++) {
        if (other != id) {
          servers.get(id - 1).tell(new Membership.Heard(new LifeLines.PeerFound(new ServerId(other))));
        }
      }
    }
    int port = self(startApplication(Map.of())).address().getPort().orElseThrow();
    startApplication(Map.of( // it tells the other one, which tells the servers
        "pekko.cluster.failure-detector.implementation-class", Pessimist.class.getName(),
        "pekko.cluster.failure-detector.trusted-port", port));
    servers.forEach(system -> await().atMost(PATIENCE).until(() ->
        Cluster.get(system).state().getUnreachable().iterator().hasNext()));
    await().during(APART.multipliedBy(3)).atMost(PATIENCE).until(() ->
        servers.stream().noneMatch(system -> system.getWhenTerminated().toCompletableFuture().isDone()));
  }

  private ActorSystem<?> startApplication(Map<String, ?> more) throws Exception {
    ActorSystem<?> application = ActorSystem.create(Behaviors.empty(), Remoting.SYSTEM, ConfigFactory.parseMap(more)
        .withFallback(ConfigFactory.parseMap(Map.of(
            "pekko.remote.artery.canonical.hostname", HOST,
            "pekko.remote.artery.canonical.port", FreePorts.choose(1).getFirst(),
            "pekko.cluster.roles", List.of(ClientProtocol.CLIENT_ROLE))))
        .withFallback(settings(1)));
    running.add(application);
    Cluster.get(application).manager().tell(Join.create(address(1)));
    return application;
  }

  private ActorSystem<Membership.Command> start(int id) {
    return start(id, Optional.empty());
  }

  /** @param first what the cluster is told before anything else */
  private ActorSystem<Membership.Command> start(int id, ClusterCommand first) {
    return start(id, Optional.of(first));
  }

  private ActorSystem<Membership.Command> start(int id, Optional<ClusterCommand> first) {
    Config config = settings(id);
    Remoting remoting = Remoting.of(ServerSettings.from(config.getConfig("troupe")).ensemble(),
        config.getConfig("troupe"));
    Behavior<Membership.Command> guardian = Behaviors.setup(context -> {
      first.ifPresent(command -> Cluster.get(context.getSystem()).manager().tell(command));
      return Membership.create(remoting, APART);
    });
    ActorSystem<Membership.Command> system =
        ActorSystem.create(guardian, Remoting.SYSTEM, remoting.config().withFallback(config));
    running.add(system);
    return system;
  }

  private Config settings(int id) {
    List<Map<String, Object>> servers = IntStream.rangeClosed(1, 3).mapToObj(server -> Map.<String, Object>of(
        "id", server, "host", HOST,
        "port", ports.get(server - 1), "life-line-port", ports.get(server + 2))).toList();
    return ConfigFactory.parseMap(Map.of(
            "troupe.server-id", id,
            "troupe.ensemble.servers", servers,
            // A crash, unlike an end, says farewell to nobody.
            "pekko.coordinated-shutdown.run-by-actor-system-terminate", "off",
            "pekko.cluster.gossip-interval", "100ms",
            "pekko.cluster.leader-actions-interval", "100ms",
            "pekko.cluster.periodic-tasks-initial-delay", "100ms",
            "pekko.loglevel", "WARNING",
            "pekko.actor.testkit.typed.filter-leeway", PATIENCE))
        .withFallback(ConfigFactory.load());
  }

  private static void crash(ActorSystem<?> system) {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  private static void assertWayBack(ActorSystem<?> system) {
    system.getWhenTerminated().toCompletableFuture().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    assertTrue(Membership.isWayBack(CoordinatedShutdown.get(system).getShutdownReason().orElseThrow()));
  }

  private static void awaitMembers(ActorSystem<?> system, List<ActorSystem<?>> expected) {
    List<UniqueAddress> addresses = expected.stream().map(MembershipTest::self).sorted().toList();
    TestProbe.create(system).awaitAssert(PATIENCE, () -> {
      assertEquals(addresses, up(system));
      return addresses;
    });
  }

  private static List<UniqueAddress> up(ActorSystem<?> system) {
    return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
        .filter(member -> member.status() == MemberStatus.up())
        .map(Member::uniqueAddress).sorted().toList();
  }

  private static UniqueAddress self(ActorSystem<?> system) {
    return Cluster.get(system).selfMember().uniqueAddress();
  }

  private Address address(int id) {
    return new Address("pekko", Remoting.SYSTEM, HOST, ports.get(id - 1));
  }
}
