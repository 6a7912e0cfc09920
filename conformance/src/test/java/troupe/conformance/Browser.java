package troupe.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.ElementClickInterceptedException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.json.Json;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium, and what somebody in front of it can see and do. It can reach nothing but this machine. */
final class Browser implements AutoCloseable {
  /** What it is looked at with. */
  enum Screen {
    DESK(1280, 800, false),
    PHONE(390, 844, true);

    private final int width;
    private final int height;
    private final boolean mobile;

    Screen(int width, int height, boolean mobile) {
      this.width = width;
      this.height = height;
      this.mobile = mobile;
    }
  }

  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private final ChromeDriver driver;
  private final List<String> requested = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Whether there is one: Debian's packages {@code chromium} and {@code chromium-driver}, or the like. */
  static boolean isInstalled() {
    return find("chromium").isPresent() && find("chromedriver").isPresent();
  }

  private static Optional<Path> find(String program) {
    return Stream.of(System.getenv("PATH").split(":")).map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable).findFirst();
  }

  static Browser open() {
    var logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    var options = new ChromeOptions();
    options.setBinary(find("chromium").orElseThrow().toFile());
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    options.setAcceptInsecureCerts(true); // as who has looked at a certificate of its own issuer, and goes on
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
        "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE " + NodeSettings.HOST);
    var service = new ChromeDriverService.Builder()
        .usingDriverExecutable(find("chromedriver").orElseThrow().toFile())
        .usingAnyFreePort()
        .build();
    return new Browser(new ChromeDriver(service, options)).on(Screen.DESK, false);
  }

  Browser on(Screen screen, boolean dark) {
    driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", Map.of(
        "width", screen.width, "height", screen.height, "deviceScaleFactor", 1, "mobile", screen.mobile));
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of(
        "features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    return this;
  }

  void visit(String url) {
    driver.get(url);
  }

  /** The value of a script's {@code return}. */
  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** The text of all elements that {@code css} selects; empty if there are none. */
  String text(String css) {
    return (String) run("return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')", css);
  }

  void awaitText(String css, String part) {
    await(css + " says \"" + part + "\"", () -> text(css).contains(part));
  }

  void awaitNoText(String css, String part) {
    await(css + " does not say \"" + part + "\"", () -> !text(css).contains(part));
  }

  void awaitNo(String css) {
    await("there is no " + css, () -> driver.findElements(By.cssSelector(css)).isEmpty());
  }

  private void await(String what, Callable<Boolean> condition) {
    try {
      Await.until(what, condition);
    } catch (RuntimeException late) {
      screenshot("failed");
      throw new AssertionError(what + ": it never did. The page says:\n" + text("body"), late);
    }
  }

  /** Clicks as soon as the first such element, with such a text, can be clicked. */
  void click(String css, String text) {
    await("the first " + css + " that says \"" + text + "\" is clicked", () -> {
      try {
        Optional<WebElement> found = driver.findElements(By.cssSelector(css)).stream()
            .filter(element -> element.getText().contains(text)).findFirst();
        found.ifPresent(WebElement::click);
        return found.isPresent();
      } catch (StaleElementReferenceException | ElementClickInterceptedException madeAnewOrBehindAMessage) {
        return false;
      }
    });
  }

  void click(String css) {
    click(css, "");
  }

  /** Types into whatever has the focus. */
  void type(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** A file, for an input that wants one. */
  void choose(String css, Path file) {
    driver.findElement(By.cssSelector(css)).sendKeys(file.toAbsolutePath().toString());
  }

  void escape() {
    type(Keys.ESCAPE);
  }

  /** The text of what has the focus, or its id if it has none. */
  String focused() {
    return (String) run("const e = document.activeElement; return e.innerText || e.id");
  }

  /** Keeps a picture of the whole page for people to look at. */
  void screenshot(String name) {
    Map<String, Object> size = driver.executeCdpCommand("Page.getLayoutMetrics", Map.of());
    @SuppressWarnings("unchecked")
    var content = (Map<String, Number>) size.get("cssContentSize");
    Map<String, Object> picture = driver.executeCdpCommand("Page.captureScreenshot", Map.of(
        "captureBeyondViewport", true,
        "clip", Map.of("x", 0, "y", 0, "scale", 1, "width", content.get("width"),
            "height", Math.min(5_000, content.get("height").intValue()))));
    try {
      Files.createDirectories(SCREENSHOTS);
      Files.write(SCREENSHOTS.resolve(name + ".png"), Base64.getDecoder().decode((String) picture.get("data")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every address that was asked for since it was opened. */
  List<String> requested() {
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      Map<?, ?> message = (Map<?, ?>) ((Map<?, ?>) new Json().toType(entry.getMessage(), Json.MAP_TYPE)).get("message");
      if ("Network.requestWillBeSent".equals(message.get("method"))) {
        Map<?, ?> request = (Map<?, ?>) ((Map<?, ?>) message.get("params")).get("request");
        requested.add((String) request.get("url"));
      }
    }
    return List.copyOf(requested);
  }

  /** What it had to complain of since it was opened: errors of scripts, what a policy forbade, requests that failed. */
  List<String> complaints(Predicate<String> wanted) {
    driver.manage().logs().get(LogType.BROWSER).forEach(entry -> complaints.add(entry.getMessage()));
    return complaints.stream().filter(wanted).toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
