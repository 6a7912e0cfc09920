package troupe.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import troupe.actors.ServerSettings;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.Ensemble.Role;
import troupe.ensemble.ServerId;

/** Configurations of the shapes that deployments carry, each through {@link Settings}, so with all of its checks. */
class ZooCfgTest {
  @TempDir private Path dir;

  private Path data;

  @BeforeEach
  void makeDataDir() throws IOException {
    data = Files.createDirectory(dir.resolve("data"));
  }

  @Test
  void theSampleOfZooKeeperItself() throws IOException {
    Settings settings = read("""
        # The number of milliseconds of each tick
        tickTime=2000
        initLimit=10
        syncLimit=5
        dataDir=DATA
        clientPort=2181
        #autopurge.purgeInterval=1
        """);
    Config config = settings.config();
    assertEquals(Duration.ofSeconds(2), config.getDuration("troupe.tick"));
    assertEquals(data.toString(), config.getString("troupe.persistence.data-dir"));
    assertEquals(2181, config.getInt("troupe.client.port"));
    assertTrue(config.getBoolean("troupe.persistence.purge"), "absent keeps our default, which is on");
    assertEquals(Duration.ofSeconds(20), config.getDuration("troupe.broadcast.init-timeout"));
    assertEquals(Duration.ofSeconds(10), config.getDuration("troupe.broadcast.sync-timeout"));
    assertEquals(List.of(), settings.warnings());
  }

  @Test
  void aBitnamiContainer() throws IOException {
    Config config = read("""
        tickTime=2000
        initLimit=10
        syncLimit=5
        dataDir=DATA
        clientPort=2181
        maxCnxns=0
        maxClientCnxns=0
        snapCount=100000
        preAllocSize=65536
        autopurge.snapRetainCount=3
        autopurge.purgeInterval=0
        admin.serverPort=8080
        admin.enableServer=true
        quorumListenOnAllIPs=false
        4lw.commands.whitelist=srvr, mntr
        reconfigEnabled=false
        audit.enable=false
        """).config();
    assertEquals(0, config.getInt("troupe.client.max-connections-per-address"));
    assertEquals(8080, config.getInt("troupe.management.port"));
    assertEquals(List.of("srvr", "mntr"), config.getStringList("troupe.client.four-letter-words"));
    assertFalse(config.getBoolean("troupe.persistence.purge"), "an explicit 0 switches purging off");
  }

  @Test
  void aConfluentEnsembleWithAdminServerOff() throws IOException {
    Files.writeString(data.resolve("myid"), "2\n");
    Config config = read("""
        clientPort=22181
        tickTime=2000
        dataDir=DATA
        dataLogDir=/var/lib/zookeeper/log
        initLimit=5
        syncLimit=2
        autopurge.snapRetainCount=2
        autopurge.purgeInterval=24
        admin.enableServer=false
        server.1=zk1:22888:23888
        server.2=zk2:32888:33888
        server.3=zk3:42888:43888
        """).config();
    assertEquals("/var/lib/zookeeper/log", config.getString("troupe.persistence.log-dir"));
    assertEquals(3, config.getInt("troupe.persistence.snapshots-kept"), "ZooKeeper raises it to 3 as well");
    assertTrue(config.getBoolean("troupe.persistence.purge"));
    assertFalse(config.getBoolean("troupe.management.enabled"));
    assertEquals(2, config.getInt("troupe.server-id"));
    assertEquals(
        List.of(
            new Member(new ServerId(1), Role.VOTER, "zk1", 22888, 23888),
            new Member(new ServerId(2), Role.VOTER, "zk2", 32888, 33888),
            new Member(new ServerId(3), Role.VOTER, "zk3", 42888, 43888)),
        ensemble(config).members());
    assertEquals(Duration.ofSeconds(10), config.getDuration("troupe.broadcast.init-timeout"));
  }

  @Test
  void aStrimziServerKeepsItsClientsInTheServerLine() throws IOException {
    Files.writeString(data.resolve("myid"), "1");
    Settings settings = read("""
        tickTime=2000
        initLimit=5
        syncLimit=2
        dataDir=DATA
        4lw.commands.whitelist=*
        standaloneEnabled=false
        reconfigEnabled=true
        ssl.clientAuth=need
        ssl.quorum.clientAuth=need
        secureClientPort=2181
        sslQuorum=true
        authProvider.x509=org.apache.zookeeper.server.auth.X509AuthenticationProvider
        server.1=my-cluster-zookeeper-0.svc:2888:3888:participant;127.0.0.1:12181
        """);
    Config config = settings.config();
    assertEquals("127.0.0.1", config.getString("troupe.client.host"));
    assertEquals(12181, config.getInt("troupe.client.port"));
    assertEquals(1, config.getConfigList("troupe.ensemble.servers").size());
    assertEquals(List.of("*"), config.getStringList("troupe.client.four-letter-words"));
    assertTrue(settings.warnings().contains(cfg() + ": ssl.quorum.clientAuth has no effect in Troupe yet"));
    assertTrue(settings.warnings().stream().noneMatch(warning -> warning.contains("not a key")), settings::toString);
  }

  @Test
  void aPravegaServerKeepsItsEnsembleInADynamicFile() throws IOException {
    Files.writeString(data.resolve("myid"), "3");
    Path dynamic = Files.writeString(dir.resolve("zoo.cfg.dynamic"), """
        server.1=zk-0.zk-headless:2888:3888:participant;2181
        server.2=zk-1.zk-headless:2888:3888:participant;2181
        server.3=[fd00::3]:2888:3888:observer;[::]:2183
        version=100000000
        """);
    Settings settings = read("""
        4lw.commands.whitelist=cons, envi, conf, crst, srvr, stat, mntr, ruok
        dataDir=DATA
        standaloneEnabled=false
        reconfigEnabled=true
        skipACL=yes
        metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider
        metricsProvider.httpPort=7000
        initLimit=10
        syncLimit=2
        tickTime=2000
        globalOutstandingLimit=500
        preAllocSize=65536
        snapCount=10000
        commitLogCount=500
        snapSizeLimitInKb=4194304
        maxCnxns=0
        maxClientCnxns=60
        minSessionTimeout=4000
        maxSessionTimeout=40000
        autopurge.snapRetainCount=5
        autopurge.purgeInterval=1
        quorumListenOnAllIPs=false
        admin.serverPort=8080
        dynamicConfigFile=%s
        """.formatted(dynamic));
    Config config = settings.config();
    Ensemble ensemble = ensemble(config);
    assertEquals(new Member(new ServerId(3), Role.OBSERVER, "fd00::3", 2888, 3888), ensemble.member(ensemble.self()));
    assertEquals(Set.of(new ServerId(1), new ServerId(2)), ensemble.voters());
    assertEquals("", config.getString("troupe.cluster.bind-host"));
    assertEquals("::", config.getString("troupe.client.host"));
    assertEquals(2183, config.getInt("troupe.client.port"));
    assertEquals(500, config.getInt("troupe.client.max-outstanding"));
    assertEquals(10_000, config.getInt("troupe.persistence.snapshot-every"));
    assertEquals(Duration.ofSeconds(4), config.getDuration("troupe.session.min-timeout"));
  }

  /** -1 leaves it to the tick, 0 is no limit: ZooKeeper starts with both. */
  @Test
  void sessionTimeoutsMayBeLeftOpen() throws IOException {
    Config config = read("dataDir=DATA\nminSessionTimeout=0\nmaxSessionTimeout=-1\n").config();
    assertEquals(Duration.ofMillis(1), config.getDuration("troupe.session.min-timeout"));
    assertEquals(Duration.ZERO, config.getDuration("troupe.session.max-timeout"));
  }

  @Test
  void groupsAndWeightsDecideWhatAQuorumIs() throws IOException {
    Files.writeString(data.resolve("myid"), "1");
    Settings settings = read("""
        dataDir=DATA
        peerType=participant
        quorumListenOnAllIPs=true
        server.1=a:2888:3888
        server.2=b:2888:3888
        server.3=c:2888:3888
        server.4=d:2888:3888
        server.5=e:2888:3888:observer
        group.1=1:2
        group.2=3 : 4
        weight.1=3
        weight.5=7
        """);
    Ensemble ensemble = ensemble(settings.config());
    assertTrue(ensemble.quorum().isReachedBy(ids(1, 3, 4)));
    assertFalse(ensemble.quorum().isReachedBy(ids(2, 3, 4, 5)));
    assertEquals("0.0.0.0", settings.config().getString("troupe.cluster.bind-host"));
    assertEquals(List.of(), settings.warnings());
  }

  @Test
  void theServerListWinsOverThePeerType() throws IOException {
    Files.writeString(data.resolve("myid"), "1");
    Settings settings = read("dataDir=DATA\npeerType=observer\nserver.1=a:1:2\nserver.2=b:1:2\n");
    assertEquals(Role.VOTER, ensemble(settings.config()).role());
    assertEquals(
        List.of(cfg() + ": peerType is observer, but the line of this server says otherwise, and it counts"),
        settings.warnings());
  }

  @Test
  void twoServersAtOneAddressAreRefusedByTheFilesName() throws IOException {
    Files.writeString(data.resolve("myid"), "1");
    Config config = read("dataDir=DATA\nserver.1=a:1:2\nserver.2=a:3:1\n").config();
    String message = assertThrows(IllegalArgumentException.class, () -> ensemble(config)).getMessage();
    assertEquals(cfg() + ": troupe.ensemble.servers: servers 1 and 2 are both at a:1", message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "group.x=1        | after 'group.' comes the group's number",
    "group.1=1:9      | there is no server.9",
    "group.1=1:1      | server 1 is in another group already",
    "group.1=1:b      | a whole number is needed",
    "weight.1=-2      | a whole number of at least 0 is needed",
    "peerType=leader  | observer or participant is needed",
    "initLimit=0      | a whole number of at least 1 is needed",
    "syncLimit=5s     | a whole number is needed",
  })
  void aMalformedKeyOfTheEnsembleIsRefused(String line, String why) throws IOException {
    Files.writeString(data.resolve("myid"), "1");
    assertRefused("dataDir=DATA\nserver.1=a:1:2\nserver.2=b:1:2\n" + line, cfg() + ": " + line + ": " + why);
  }

  @Test
  void theMyIdOfADebianPackageThatNobodyEditedIsRefused() throws IOException {
    Files.writeString(data.resolve("myid"), "replace this text with the cluster-unique zookeeper's instance id (1-255)\n");
    Refused refused = assertThrows(Refused.class, () -> read("dataDir=DATA\nclientPort=2181\nleaderServes=yes\n"));
    assertEquals(data.resolve("myid") + ": the number of this server is needed, alone on its line",
        refused.getMessage());
  }

  @Test
  void anHBaseServerLineOfItsOwnIsAServerAlone() throws IOException {
    Config config = read("dataDir=DATA\nclientPort=2181\nserver.0=localhost:2888:3888\n").config();
    assertEquals(List.of(), config.getConfigList("troupe.ensemble.servers"));
    assertEquals(1, config.getInt("troupe.server-id"));
  }

  @Test
  void systemPropertiesOfZooKeeperCountInEverySpelling() throws IOException {
    Properties system = new Properties();
    system.setProperty("jute.maxbuffer", "0x200000");
    system.setProperty("zookeeper.DigestAuthenticationProvider.superDigest", "super:abc=");
    system.setProperty("zookeeper.4lw.commands.whitelist", "ruok");
    system.setProperty("znode.container.checkIntervalMs", "500");
    system.setProperty("zookeeper.snapCount", "77");
    Config config = read("zookeeper.extendedTypesEnabled=TRUE\nsnapCount=50\n", Map.of(), system).config();
    assertEquals(2 << 20, config.getInt("troupe.client.max-frame-size"));
    assertEquals("super:abc=", config.getString("troupe.tree.super-digest"));
    assertEquals(List.of("ruok"), config.getStringList("troupe.client.four-letter-words"));
    assertEquals(Duration.ofMillis(500), config.getDuration("troupe.tree.container-check-interval"));
    assertTrue(config.getBoolean("troupe.tree.extended-types"));
    assertEquals(77, config.getInt("troupe.persistence.snapshot-every"), "what is typed wins over the file");
  }

  @Test
  void anArgumentOfStartWinsOverASystemPropertyOfTheJvm() throws IOException {
    Properties system = new Properties();
    system.setProperty("zookeeper.snapCount", "77");
    Config config = read("", Map.of("zookeeper.snapCount", "78", "troupe.tick", "1s"), system).config();
    assertEquals(78, config.getInt("troupe.persistence.snapshot-every"));
    assertEquals(Duration.ofSeconds(1), config.getDuration("troupe.tick"));
  }

  @Test
  void aKeyThatIsNoneOfZooKeepersIsAWarning() throws IOException {
    assertEquals(List.of(cfg() + ": clinetPort is not a key of ZooKeeper, and has no effect"),
        read("clinetPort=2181\n").warnings());
  }

  @Test
  void aServerThatServedTlsOnlyIsNotOpenedToTheWorld() throws IOException {
    Settings settings = read("dataDir=DATA\nsecureClientPort=2281\n");
    assertEquals("127.0.0.1", settings.config().getString("troupe.client.host"));
    assertTrue(settings.warnings().contains(cfg()
        + ": secureClientPort stands without clientPort: clients are served on 127.0.0.1 only, without TLS"));
  }

  @Test
  void aDatabaseOfZooKeeperIsNotPassedOverInSilence() throws IOException {
    Files.createDirectory(data.resolve("version-2"));
    assertEquals(
        List.of(cfg() + ": dataDir holds a database of ZooKeeper (version-2), which Troupe neither reads nor changes"),
        read("dataDir=DATA\n").warnings());
  }

  @Test
  void severalAddressesAreAWarningAndTheFirstIsUsed() throws IOException {
    Files.writeString(data.resolve("myid"), "1");
    Settings settings = read("""
        dataDir=DATA
        clientPort=2181
        server.1=a-net1:2888:3888|a-net2:2889:3889
        server.2=b:2888:3888
        """);
    assertEquals("a-net1", ensemble(settings.config()).member(new ServerId(1)).host());
    assertEquals(List.of(cfg() + ": server.1 has several addresses, of which Troupe uses the first"),
        settings.warnings());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "clientPort=x                | a whole number is needed",
    "clientPort=70000            | port 70000 is above 65535",
    "tickTime=0                  | a whole number of at least 1 is needed",
    "tickTime=2s                 | a whole number is needed",
    "admin.enableServer=yes      | true or false is needed",
    "extendedTypesEnabled=1      | true or false is needed",
    "jute.maxbuffer=1MB          | a whole number is needed, in bytes",
    "server.x=a:1:2              | after 'server.' comes the server's number",
    "dynamicConfigFile=/no/file  | there is no such file, or it cannot be read",
    "clientPortAddress=10.0.0.1  | clientPort is needed too",
    "minSessionTimeout=50000     | the shortest session timeout would be above the longest",
  })
  void aMalformedValueOfAKeyInUseIsRefused(String line, String why) {
    assertRefused(line, cfg() + ": " + line + ": " + why);
  }

  @Test
  void aMalformedServerLineIsRefusedWithTheFormItNeeds() {
    assertRefused("server.1=a:2888", cfg() + ": server.1=a:2888: cannot read 'a:2888'; the form is"
        + " host:port:port or host:port:port:role, then perhaps ;port or ;host:port");
  }

  @Test
  void anEnsembleNeedsToKnowWhichServerThisIs() throws IOException {
    String two = "dataDir=DATA\nserver.1=a:2888:3888\nserver.2=b:2888:3888";
    Path myId = data.resolve("myid");
    assertRefused(two, myId + ": there is no such file; write this server's number into it, one of [1, 2]");
    Files.writeString(myId, "3");
    assertRefused(two, myId + ": 3 is none of the servers in " + cfg() + ", which are [1, 2]");
  }

  @Test
  void twoClientPortsForOneServerAreRefused() throws IOException {
    Files.writeString(data.resolve("myid"), "1");
    assertRefused("dataDir=DATA\nclientPort=2181\nserver.1=a:2888:3888;2182",
        cfg() + ": clientPort=2181: the line of this server says 2182; one of the two must go");
  }

  private static Ensemble ensemble(Config config) {
    return ServerSettings.from(config.getConfig("troupe")).ensemble();
  }

  private static Set<ServerId> ids(int... ids) {
    return IntStream.of(ids).mapToObj(ServerId::new).collect(Collectors.toSet());
  }

  private Path cfg() {
    return dir.resolve("zoo.cfg");
  }

  private Settings read(String text) throws IOException {
    return read(text, Map.of(), new Properties());
  }

  private Settings read(String text, Map<String, String> arguments, Properties system) throws IOException {
    Files.writeString(cfg(), text.replace("DATA", data.toString()));
    return Settings.load(Optional.of(cfg()), arguments, system);
  }

  private void assertRefused(String text, String message) {
    assertEquals(message, assertThrows(Refused.class, () -> read(text)).getMessage());
  }
}
