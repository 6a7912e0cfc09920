package troupe.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;
import troupe.management.Credential;

/** The console in a real browser, at three real servers. What it looked like stays in {@code target/screenshots}. */
@EnabledIf(
    value = "troupe.conformance.Browser#isInstalled",
    disabledReason = "it takes chromium and chromedriver on the path (Debian: apt install chromium chromium-driver)")
class ConsoleTest {
  private static final String USER = "ops";
  private static final String PASSWORD = "nobody-guesses-this";
  private static final List<String> VIEWS =
      List.of("ensemble", "tree", "sessions", "watches", "slow", "clients", "log");

  private static final List<String> CREDENTIALS = credentials(PASSWORD);

  @RegisterExtension
  static final SharedEnsemble ensemble =
      new SharedEnsemble(home -> EnsembleUnderTest.startManaged(home, 3, CREDENTIALS));

  private final EnsembleUnderTest servers = ensemble.servers();
  private Browser browser;

  @BeforeEach
  void open() {
    browser = Browser.open();
  }

  @AfterEach
  void whatItAskedForCameFromHereAndNothingWentWrongInIt() {
    try (Browser used = browser) {
      assertEquals(
          List.of(),
          used.requested().stream().filter(url -> !url.matches("(blob:)?http://(ops:.*@)?127\\.0\\.0\\.1:\\d+/.*")
              && !url.startsWith("chrome") && !url.startsWith("data:,")).toList());
      // a server that is down refuses connections or ends those that stand; one that changes its role answers 503, and
      // one that wants to know who asks 401; a session that has ended is asked for until somebody leaves it
      assertEquals(List.of(), used.complaints(text -> !text.contains("net::ERR_") && !text.contains("status of 503")
          && !text.contains("status of 401")
          && !(text.contains("/troupe/sessions/0x") && text.contains("status of 404"))));
    }
  }

  private static List<String> credentials(String password) {
    return List.of(
        "-Dtroupe.management.credentials.0.user=" + USER,
        "-Dtroupe.management.credentials.0.password=" + Credential.ofPassword(password, new SecureRandom()).encoded(),
        "-Dtroupe.management.credentials.0.rights.0=read",
        "-Dtroupe.management.credentials.0.rights.1=act");
  }

  private static String at(int id) {
    return "http://" + NodeSettings.HOST + ":" + ensemble.servers().server(id).settings().managementPort() + "/";
  }

  private static String card(int id) {
    return "[data-server='" + id + "']";
  }

  /** As somebody does whom the browser has asked for name and password. */
  private void signInAt(String url) {
    browser.visit(url.replace("//", "//" + USER + ":" + PASSWORD + "@") + "troupe/sign-in");
    browser.visit(url);
    browser.awaitText("#rights", USER);
  }

  private void go(String view) {
    browser.run("location.hash = '#/' + arguments[0]", view);
    Await.untilEqual("the view is on show", view.replaceAll("/.*", ""),
        () -> browser.run("return document.querySelector('nav.views [aria-current]').dataset.view"));
  }

  private static Client client(int id) throws Exception {
    return Client.connect(ensemble.servers().server(id).connectString(), Client.SESSION_TIMEOUT_MILLIS);
  }

  private static String id(Client client) {
    return "0x" + Long.toHexString(client.getSessionId());
  }

  private static void ensure(Client client, String path, String data) throws Exception {
    if (!client.has(path)) {
      client.create(path, data, CreateMode.PERSISTENT);
    }
  }

  /** Some nodes to look at. */
  private static void fill(Client client) throws Exception {
    ensure(client, "/app", "");
    ensure(client, "/app/config", "{\"host\":\"db.example.org\",\"port\":5432}");
    ensure(client, "/app/<img src=x onerror=alert(1)>", "<script>alert(2)</script>");
    ensure(client, "/app/workers", "");
    client.create("/app/workers/w-", "", CreateMode.EPHEMERAL_SEQUENTIAL);
    client.exists("/app/config", true);
  }

  @Test
  void eachViewShowsWhatIsThere() throws Exception {
    int leader = servers.awaitLeader();
    int follower = servers.follower();
    try (Client client = client(follower)) {
      fill(client);
      String worker = client.sortedChildren("/app/workers").getFirst();
      browser.visit(at(follower));

      browser.awaitText("#headline .big", "Server " + leader + " leads");
      browser.awaitText("#headline", "3 of 3 servers serve clients");
      for (int id : servers.ids()) {
        browser.awaitText(card(id) + " .badge", id == leader ? "leads" : "follows");
      }
      Await.until("a plot of " + follower + "'s requests", () -> {
        client.read("/app/config");
        return (Boolean) browser.run("return [...document.querySelectorAll('.plot path.line')]"
            + ".some(line => (line.getAttribute('d') ?? '').includes('L'))");
      });
      browser.awaitText("[aria-labelledby=elections-title]", "server " + leader);
      browser.screenshot("ensemble");

      browser.click("nav.views a", "Tree");
      browser.click("[role=treeitem]", "app");
      browser.click("[role=treeitem]", "config");
      browser.awaitText("pre.data", "{\"host\":\"db.example.org\",\"port\":5432}");
      browser.click(".choice label", "JSON");
      browser.awaitText("pre.data", "\"port\": 5432");
      browser.click(".choice label", "Hex");
      browser.awaitText("pre.data", "7b 22 68 6f 73 74");
      browser.awaitText("[aria-labelledby=acl-title]", "create, delete, read, write, admin");
      browser.awaitText("[aria-labelledby=stat-title]", "37 B");
      browser.awaitText("[aria-labelledby=watches-title]", "1 session of this server watches it");
      browser.click("[aria-labelledby=watches-title] button", "Which?");
      browser.awaitText("[aria-labelledby=watches-title]", id(client));
      browser.screenshot("tree");
      browser.click(".choice label", "Text");

      browser.click("[role=treeitem]", "<img src=x onerror=alert(1)>");
      browser.awaitText("pre.data", "<script>alert(2)</script>");
      assertEquals(0L, browser.run("return document.querySelectorAll('img, main script').length"));

      browser.click("#search");
      browser.type("rkers/w-");
      browser.awaitText("#results", "/app/workers/" + worker);
      browser.screenshot("search");
      browser.click("#results a", worker);
      browser.awaitText("[aria-labelledby=stat-title]", id(client));
      browser.click("[aria-labelledby=stat-title] a", id(client));
      browser.awaitText("[aria-labelledby=owns-title]", "/app/workers/" + worker);
      browser.screenshot("session");
      browser.click("a", "All sessions");
      browser.awaitText("tbody", id(client));
      browser.screenshot("sessions");

      browser.click("nav.views a", "Watches");
      browser.awaitText("tbody", "/app/config");
      browser.click("nav.views a", "Clients");
      browser.awaitText("tbody", id(client));
      browser.run("const order = document.getElementById('order'); order.value = 'latency';"
          + "order.dispatchEvent(new Event('change'))");
      browser.awaitText("tbody", id(client));
      browser.screenshot("clients");
      browser.click("nav.views a", "Log");
      browser.awaitText("[aria-labelledby=log-title]", "enough room");
      browser.click("summary", "settings");
      browser.awaitText("[aria-labelledby=settings-title]", "management.port");
      assertFalse(browser.text("body").contains("pbkdf2"), "no hash of a password is shown");
      browser.screenshot("log");
    }
  }

  @Test
  void aLeaderThatIsKilledIsSeenToGoAndAnotherToCome() throws Exception {
    int killed = servers.awaitLeader();
    int watched = servers.follower();
    browser.visit(at(watched));
    browser.awaitText("#headline .big", "Server " + killed + " leads");
    browser.awaitText("#headline", "The service outlives the loss of 1 more voter.");
    servers.kill(killed);

    browser.awaitText(card(killed) + " .badge", "not reached");
    browser.awaitText(card(killed), "Last heard at");
    int leader = servers.awaitLeader();
    browser.awaitText("#headline .big", "Server " + leader + " leads");
    browser.awaitText("#headline", "Not reached: server " + killed);
    browser.awaitText("#headline", "The loss of one more voter would end the service.");
    browser.awaitText("#said", "Server " + killed + " is not reached any more.");
    browser.awaitText("#said", "Server " + leader + " leads now");
    assertTrue(browser.text(card(killed) + " .facts").contains("0x"), "what was known last is still told");
    browser.screenshot("leader-killed");

    int last = servers.follower();
    servers.kill(last == watched ? leader : last);
    browser.awaitText("#not-serving", "Server " + watched + " serves no clients");
    browser.awaitText("#headline .big", "No leader is known");
    browser.awaitText("#headline", "The voters that are reached are too few for a quorum.");
    browser.screenshot("no-quorum");

    servers.restore();
    browser.awaitText(card(killed) + " .badge", "s"); // it leads or follows
    browser.awaitNo("#not-serving");
    browser.awaitNo("[data-reached=false]");
    browser.awaitText("#headline", "3 of 3 servers serve clients");
    browser.awaitText("#said", "Server " + killed + " is reached again.");
  }

  @Test
  void thatItsOwnServerDoesNotAnswerIsSaidUntilItDoes() {
    int watched = servers.follower();
    browser.visit(at(watched));
    browser.awaitText("#link", "live");
    servers.kill(watched);

    browser.awaitText("#no-answer", "does not answer");
    browser.awaitText("#no-answer", "Its last answer came at");
    browser.awaitText("#headline", "Not known at present");
    for (int id : servers.ids()) {
      browser.awaitText(card(id) + " .badge", "not known");
    }
    browser.screenshot("own-server-killed");
    go("log");
    browser.awaitText("#no-answer", "It is asked again");

    servers.restore();
    browser.click("#no-answer button", "Ask now");
    browser.awaitNo("#no-answer");
    go("ensemble");
    browser.awaitText("#headline", "3 of 3 servers serve clients");
  }

  @Test
  void nobodyActsWithoutCredentials() throws Exception {
    int leader = servers.awaitLeader();
    browser.visit(at(leader) + "#/log");
    browser.awaitText("[data-rights=none]", "You may look, but not act");
    browser.click("#take-snapshot[aria-disabled]");
    browser.awaitText(".toast.bad", "You may look, but not act");
    browser.screenshot("may-not-act");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(
          HttpRequest.newBuilder(URI.create(at(leader) + "troupe/snapshots"))
              .POST(HttpRequest.BodyPublishers.noBody()).header("X-Requested-With", "troupe").build(),
          HttpResponse.BodyHandlers.ofString());
      assertEquals(401, answer.statusCode(), answer.body());
    }
  }

  @Test
  void whereNobodyUnknownMayLookWhoLooksIsAsked(@TempDir Path home) {
    NodeSettings settings = NodeSettings.inDirectory(home);
    String closed = "-Dtroupe.management.open-reading=false";
    String url = url(settings);
    try (NodeProcess node = startAlone(settings, CREDENTIALS, closed)) {
      browser.visit(url);
      assertEquals("", browser.text("body"), "the page itself is for those who may look");
      signInAt(url);
      browser.awaitText("#headline .big", "Server 1 serves alone");
    }
    try (NodeProcess node = startAlone(settings, credentials("another-password"), closed)) {
      browser.awaitText("#banner [role=alert]", "This server wants to know who looks");
      browser.screenshot("who-looks");
    }
  }

  @Test
  void aBackupIsRestoredAtAServerAlone(@TempDir Path home) throws Exception {
    NodeSettings settings = NodeSettings.inDirectory(home);
    try (NodeProcess alone = startAlone(settings, CREDENTIALS)) {
      String url = url(settings);
      signInAt(url);
      Path backup = home.resolve("backup");
      try (Client client = Client.connect(alone.connectString(), Client.SESSION_TIMEOUT_MILLIS)) {
        client.create("/kept", "", CreateMode.PERSISTENT);
        Files.write(backup, backup(url));
        client.create("/lost", "", CreateMode.PERSISTENT);
      }
      go("log");
      browser.click("#restore:not([aria-disabled])");
      browser.awaitText("dialog[open]", "takes the place of everything that is here");
      browser.choose("dialog[open] input[type=file]", backup);
      browser.screenshot("restore");
      browser.click("dialog[open] button", "Restore");
      browser.awaitText("#toasts", "The server begins again with");
      go("ensemble");
      Await.until("it serves in an epoch far above those of before", () -> Pattern
          .compile("serves alone, epoch \\d{7}").matcher(browser.text("#headline")).find());
      try (Client client = Client.connect(alone.connectString(), Client.SESSION_TIMEOUT_MILLIS)) {
        assertTrue(client.has("/kept"));
        assertFalse(client.has("/lost"));
      }
    }
  }

  private static byte[] backup(String url) throws Exception {
    String known = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(UTF_8));
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(url + "troupe/backup")).header("Authorization", "Basic " + known).build(),
          HttpResponse.BodyHandlers.ofByteArray()).body();
    }
  }

  private static NodeProcess startAlone(NodeSettings settings, List<String> credentials, String... more) {
    List<String> arguments = new ArrayList<>(credentials);
    arguments.addAll(List.of(more));
    return NodeProcess.start(settings.at(settings.host(), settings.clientPort(), new EnsemblePlace(
        1, List.of("admin.enableServer=true", "admin.serverPort=" + settings.managementPort()), List.of(), arguments)))
        .awaitManagement();
  }

  private static String url(NodeSettings settings) {
    return "http://" + NodeSettings.HOST + ":" + settings.managementPort() + "/";
  }

  @Test
  void whoeverMayActDoes() throws Exception {
    int leader = servers.awaitLeader();
    signInAt(at(leader));
    go("log");
    browser.click("#take-snapshot:not([aria-disabled])");
    browser.awaitText(".toast", "written");
    browser.awaitText("[aria-labelledby=snapshots-title] tbody", "snapshot");
    browser.click("#backup");
    browser.awaitText("#toasts", "Backup troupe-");
    browser.run("document.getElementById('logger').value = 'troupe.session'");
    browser.run("document.getElementById('level').value = 'DEBUG'");
    browser.click("#set-level");
    browser.awaitText("[aria-labelledby=levels-title] tbody", "troupe.session\tDEBUG");
    browser.click("#compact");
    browser.click("dialog[open] button", "Compact");
    browser.awaitText("#toasts", "being compacted");
    browser.screenshot("acted");

    try (Client client = client(leader)) {
      fill(client);
      go("sessions/" + id(client));
      browser.click("#expire:not([aria-disabled])");
      browser.awaitText("dialog[open]", "Its ephemeral znode is deleted");
      browser.screenshot("are-you-sure");
      browser.click("dialog[open] button", "Cancel");
      browser.awaitNo("dialog.ask");
      client.fence();
      browser.click("#expire");
      browser.click("dialog[open] button", "Expire");
      browser.awaitText("#view .notice", "no session");
      client.events().await(KeeperState.Expired);
    }
    try (Client client = client(leader)) {
      go("clients");
      browser.awaitText("tbody", id(client));
      browser.click("#shed");
      browser.awaitText("dialog[open]", "How many, in percent");
      browser.run("document.querySelector('dialog[open] input').value = 100");
      browser.click("dialog[open] button", "Close them");
      browser.awaitText("#toasts", "closed");
      client.events().await(KeeperState.Disconnected);
    }

    go("ensemble");
    browser.click("#hand-over:not([aria-disabled])");
    browser.click("dialog[open] button", "Hand over");
    Await.until("another server leads", () -> servers.awaitLeader() != leader);
    browser.awaitText("#headline .big", "Server " + servers.awaitLeader() + " leads");
    browser.awaitText(card(leader) + " .badge", "follows");
    browser.awaitText("[aria-labelledby=leadership-title]", "its own console can do this");
    browser.click("#hand-over[aria-disabled]");
    browser.awaitText(".toast.bad", "its own console can do this");
    browser.screenshot("handed-over");
  }

  @ParameterizedTest
  @CsvSource({"DESK,false", "DESK,true", "PHONE,false", "PHONE,true"})
  void itCanBeReadOnEveryScreenInLightAndDark(Browser.Screen screen, boolean dark) throws Exception {
    browser.on(screen, dark);
    int leader = servers.awaitLeader();
    try (Client client = client(leader)) {
      fill(client);
      browser.visit(at(leader));
      var views = new ArrayList<>(VIEWS);
      views.addAll(List.of("tree/app/config", "sessions/" + id(client)));
      for (String view : views) {
        String name = view.replaceAll("/.*", "/one").replace('/', '-');
        go(view);
        browser.awaitNoText("#view", "The server is asked");
        browser.screenshot(screen.name().toLowerCase() + (dark ? "-dark-" : "-light-") + name);
        assertTrue((Long) browser.run("return document.documentElement.scrollWidth - window.innerWidth") <= 0,
            view + " is wider than the screen");
        assertEquals(List.of(), browser.run(HARD_TO_READ), view);
        assertEquals(List.of(), browser.run(WITHOUT_NAME), view);
      }
      String ground = (String) browser.run("return getComputedStyle(document.body).backgroundColor");
      int red = Integer.parseInt(Pattern.compile("\\d+").matcher(ground).results().findFirst().orElseThrow().group());
      assertEquals(dark, red < 128, "the ground is " + ground);
    }
  }

  /** Texts with less contrast than WCAG 2.2 asks for (1.4.3, AA). What cannot be used needs none. */
  private static final String HARD_TO_READ = """
      const channels = color => color.match(/[\\d.]+/g).map(Number);
      const light = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
        return .2126 * x + .7152 * y + .0722 * z;
      };
      const ground = element => {
        for (let at = element; at; at = at.parentElement) {
          const color = channels(getComputedStyle(at).backgroundColor);
          if (color.length === 3 || color[3] === 1) return color;
        }
        return [255, 255, 255];
      };
      return [...document.querySelectorAll('body *')]
        .filter(e => [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim() !== ''))
        .filter(e => e.checkVisibility() && !e.closest('.unseen, .skip, :disabled, [aria-disabled], option, noscript'))
        .map(e => {
          const style = getComputedStyle(e);
          const [a, b] = [light(channels(style.color)), light(ground(e))];
          const size = parseFloat(style.fontSize);
          const isLarge = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
          const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
          return contrast < (isLarge ? 3 : 4.5) ? e.outerHTML.slice(0, 100) + ': ' + contrast.toFixed(2) : null;
        })
        .filter(found => found !== null);
      """;

  /** What nobody can know who only hears the page, and ids that are there twice. */
  private static final String WITHOUT_NAME = """
      const isNamed = e => (e.innerText ?? '').trim() !== '' || e.hasAttribute('aria-label')
        || (e.labels?.length ?? 0) > 0 || document.getElementById(e.getAttribute('aria-labelledby')) !== null;
      const nameless = [...document.querySelectorAll('a, button, input, select, nav, article, [role]:not(svg *)')]
        .filter(e => e.checkVisibility() && !['rowgroup', 'row', 'cell', 'alert', 'status', 'table', 'search']
          .includes(e.getAttribute('role')) && !isNamed(e));
      const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
      const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
      const headings = document.querySelectorAll('h1').length;
      const tables = [...document.querySelectorAll('table')].filter(table => !table.caption);
      return [...nameless, ...tables].map(e => e.outerHTML.slice(0, 100)).concat(twice)
        .concat(headings === 1 ? [] : [headings + ' h1']).concat(document.documentElement.lang ? [] : ['no language']);
      """;

  @Test
  void theKeyboardIsEnough() throws Exception {
    int leader = servers.awaitLeader();
    try (Client client = client(leader)) {
      fill(client);
      browser.visit(at(leader));
      browser.awaitText("#headline .big", "leads");
      for (var view : List.of(List.of("e", "Ensemble"), List.of("s", "Sessions"), List.of("w", "Watches"),
          List.of("r", "Slow requests"), List.of("c", "Clients"), List.of("l", "Log"), List.of("t", "Tree"))) {
        browser.type("g", view.getFirst());
        browser.awaitText("h1", view.getLast());
        assertTrue(browser.focused().startsWith(view.getLast()), "the focus goes along");
      }
      browser.type("?");
      browser.awaitText("dialog[open]", "search the tree");
      browser.escape();
      browser.awaitNo("dialog[open]");

      browser.type("ge");
      browser.awaitText("h1", "Ensemble");
      browser.type("/");
      browser.awaitText("h1", "Tree");
      assertEquals("search", browser.focused());
      browser.type("app/conf");
      browser.awaitText("#results", "/app/config");
      browser.type(Keys.ARROW_DOWN);
      assertEquals("/app/config", browser.focused());
      browser.type(Keys.ENTER);
      browser.awaitText("pre.data", "db.example.org");
      browser.awaitNo("#results");

      Await.untilEqual("the way into the tree leads to what is on show", "/app/config",
          () -> browser.run("return document.querySelector('[role=treeitem][tabindex=\"0\"]').dataset.path"));
      browser.run("document.querySelector('[role=treeitem][tabindex=\"0\"]').focus()");
      browser.type(Keys.ARROW_LEFT);
      assertTrue(browser.focused().endsWith("app"), browser.focused());
      browser.type(Keys.ARROW_LEFT);
      Await.untilEqual("/app is closed", "false", () -> browser.run(
          "return document.querySelector('[data-path=\"/app\"]').getAttribute('aria-expanded')"));
      browser.type(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
      browser.type(Keys.END, Keys.HOME, Keys.ARROW_DOWN, Keys.ENTER);
      Await.untilEqual("the first node below the root is shown", "#/tree/app",
          () -> browser.run("return location.hash"));
      browser.type("/", "x");
      browser.escape();
      assertEquals("", browser.run("return document.getElementById('search').value"));
    }
  }
}
