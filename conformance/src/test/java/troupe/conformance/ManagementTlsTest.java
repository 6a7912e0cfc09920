package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.management.Credential;

/** Management over HTTPS, set up as the operations guide has it: a key store by keytool, and nothing readable for all. */
class ManagementTlsTest {
  private static final String STORE_PASSWORD = "of-the-store";
  private static final String PASSWORD = "of-ops";
  private static final String TOKEN = "a-token-that-is-long";
  private static final String NOT_TRUSTED = "and is its certificate's issuer in the file of --ca?";

  @TempDir private static Path directory;

  private static Path certificate;
  private static Path token;
  private static NodeProcess node;

  @TempDir private Path home;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Subject.chosen() == Subject.TROUPE, "ZooKeeper has other settings for this");
    Path store = directory.resolve("management.p12");
    certificate = directory.resolve("ca.pem");
    token = Files.writeString(directory.resolve("token"), TOKEN + "\n");
    keytool("-genkeypair", "-alias", "troupe", "-keyalg", "EC", "-dname", "CN=127.0.0.1", "-ext", "SAN=ip:127.0.0.1",
        "-validity", "365", "-storetype", "PKCS12", "-keystore", store.toString());
    keytool("-exportcert", "-rfc", "-alias", "troupe", "-keystore", store.toString(), "-file", certificate.toString());
    NodeSettings settings = NodeSettings.inDirectory(directory.resolve("node"));
    node = NodeProcess.start(settings.at(settings.host(), settings.clientPort(), new EnsemblePlace(
        1,
        List.of("admin.enableServer=true", "admin.serverPort=" + settings.managementPort()),
        List.of(),
        List.of(
            "-Dtroupe.management.open-reading=false",
            "-Dtroupe.management.credentials.0.user=ops",
            "-Dtroupe.management.credentials.0.password="
                + Credential.ofPassword(PASSWORD, new SecureRandom()).encoded(),
            "-Dtroupe.management.credentials.0.rights.0=read",
            "-Dtroupe.management.credentials.0.rights.1=act",
            "-Dtroupe.management.credentials.1.user=prometheus",
            "-Dtroupe.management.credentials.1.token=" + Credential.ofToken(TOKEN).encoded(),
            "-Dtroupe.management.credentials.1.rights.0=read",
            "-Dtroupe.management.tls.key-store=" + store,
            "-Dtroupe.management.tls.key-store-password=" + STORE_PASSWORD)))).awaitManagement();
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  private static void keytool(String... words) {
    String[] all = new String[words.length + 3];
    all[0] = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    System.arraycopy(words, 0, all, 1, words.length);
    all[words.length + 1] = "-storepass";
    all[words.length + 2] = STORE_PASSWORD;
    Shell.run(all);
  }

  private static String url(String host) {
    return "https://" + host + ":" + node.settings().managementPort();
  }

  private TroupeCommand troupe(Object... words) throws Exception {
    return TroupeCommand.run(
        home, Map.of("TROUPE_MANAGEMENT_USER", "ops", "TROUPE_MANAGEMENT_PASSWORD", PASSWORD), words);
  }

  @Test
  void whoTrustsTheCertificateSeesTheServer() throws Exception {
    TroupeCommand byPassword = troupe("status", "--url", url(NodeSettings.HOST), "--ca", certificate).expect(0);
    assertTrue(byPassword.out().getLast().startsWith("server 1 of 1 answered"), byPassword::toString);
    TroupeCommand byToken =
        troupe("status", "--url", url(NodeSettings.HOST), "--ca", certificate, "--token-file", token).expect(0);
    assertEquals(List.of(), byToken.err());
  }

  @Test
  void whoDoesNotTrustItSendsNothingAndIsToldWhatToDo() throws Exception {
    TroupeCommand withoutCa = troupe("status", "--url", url(NodeSettings.HOST)).expect(1);
    assertTrue(withoutCa.err().getFirst().endsWith(NOT_TRUSTED), withoutCa::toString);
    TroupeCommand otherName = troupe("status", "--url", url("localhost"), "--ca", certificate).expect(1);
    assertTrue(otherName.err().getFirst().contains("no TLS with https://localhost:"), otherName::toString);
    Path noCertificate = Files.writeString(home.resolve("none.pem"), "not one");
    TroupeCommand noCa = troupe("status", "--url", url(NodeSettings.HOST), "--ca", noCertificate).expect(2);
    assertTrue(noCa.err().getFirst().contains("--ca " + noCertificate), noCa::toString);
  }

  @Test
  void whoSpeaksPlainHttpIsToldThatThisIsNone() throws Exception {
    TroupeCommand plain =
        troupe("status", "--url", url(NodeSettings.HOST).replace("https:", "http:"), "--ca", certificate).expect(1);
    assertTrue(plain.err().getFirst().contains("does not answer as a web server does"), plain::toString);
    assertFalse(plain.toString().contains(PASSWORD), plain::toString);
  }

  @Test
  void aBackupComesTheSameWay() throws Exception {
    Path file = home.resolve("backup");
    TroupeCommand saved = troupe("backup", "--url", url(NodeSettings.HOST), "--ca", certificate, file).expect(0);
    assertTrue(saved.out().getFirst().startsWith(file + ": "), saved::toString);
    troupe("backup", "--url", url(NodeSettings.HOST), "--ca", certificate, "--token-file", token,
        home.resolve("another")).expect(2); // whoever may only read
  }

  @Test
  void theConsoleIsServedToWhomeverSignsIn() {
    assumeTrue(Browser.isInstalled(), "it takes chromium and chromedriver on the path");
    try (Browser browser = Browser.open()) {
      String page = url(NodeSettings.HOST) + "/";
      browser.visit(page.replace("//", "//ops:" + PASSWORD + "@"));
      browser.visit(page);
      browser.awaitText("#headline .big", "Server 1 serves alone");
      browser.awaitText("#rights", "ops, may act");
    }
  }
}
