package troupe.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import picocli.CommandLine.Option;

/** A running server's management port: where it is, who asks, and what its refusals mean. */
final class ManagementPort {
  static final String USER = "TROUPE_MANAGEMENT_USER";
  static final String PASSWORD = "TROUPE_MANAGEMENT_PASSWORD";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int LONGEST_ANSWER = 64 << 20;

  /** Nobody answers there. */
  static final class Unreachable extends IOException {
    private static final long serialVersionUID = 1;

    Unreachable(String message) {
      super(message);
    }
  }

  private final Map<String, String> environment;

  @Option(
      names = "--url", paramLabel = "URL", defaultValue = "http://127.0.0.1:7626",
      description = "The management port of one of the servers, ${DEFAULT-VALUE} if not given.")
  private URI url;

  @Option(
      names = "--ca", paramLabel = "FILE",
      description = "The certificates (PEM) that vouch for an https URL, instead of those the JDK knows.")
  private Optional<Path> ca;

  @Option(
      names = "--token-file", paramLabel = "FILE",
      description = "A file with the token to show. A user and a password go into the environment, as "
          + USER + " and " + PASSWORD + ".")
  private Optional<Path> tokenFile;

  private HttpClient client;

  ManagementPort(Map<String, String> environment) {
    this.environment = environment;
  }

  URI url() {
    return url;
  }

  /** Whether what is sent there, credentials as well, can be read on its way. */
  boolean isExposed() throws IOException {
    String host = String.valueOf(url.getHost());
    boolean here = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    return "http".equals(url.getScheme()) && !here && authorization().isPresent();
  }

  /**
   * @throws Unreachable if nobody answers
   * @throws WrongInput if the credentials are missing or wrong
   * @throws Failed if the answer is not what a Troupe says
   */
  JsonNode getJson(String path) throws IOException, InterruptedException {
    try (InputStream body = get(path, PATIENCE).body()) {
      JsonNode answer = new ObjectMapper().readTree(body.readNBytes(LONGEST_ANSWER));
      if (answer != null && answer.isObject()) {
        return answer;
      }
      throw noTroupe("it answers with something else");
    } catch (JsonProcessingException e) {
      throw noTroupe("what it answers is not JSON");
    }
  }

  /**
   * The answer with its body still to be read; the same refusals as with {@link #getJson}.
   *
   * @param patience until the answer begins
   */
  HttpResponse<InputStream> get(String path, Duration patience) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(address(path)).timeout(patience).GET();
    Optional<String> authorization = authorization();
    authorization.ifPresent(value -> request.header("Authorization", value));
    HttpResponse<InputStream> response;
    try {
      response = client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new Unreachable("nothing answers at " + url + ". Does the server run, and is this its management port"
          + " (troupe.management.host and .port)?");
    } catch (HttpTimeoutException e) {
      throw new Unreachable(url + " takes a connection, but has not answered for " + patience.toSeconds() + " s");
    } catch (SSLException e) {
      throw new Failed("no TLS with " + url + ": " + e.getMessage()
          + ". Does it speak https, and is its certificate's issuer in the file of --ca?", e);
    } catch (IOException e) {
      throw new Failed("what listens at " + url + " does not answer as a web server does: " + e.getMessage()
          + ". Is that the management port?", e);
    }
    if (response.statusCode() == 200) {
      return response;
    }
    try (InputStream body = response.body()) {
      throw refused(response.statusCode(), body.readNBytes(1 << 16), path, authorization.isPresent());
    }
  }

  private RuntimeException refused(int status, byte[] body, String path, boolean withCredentials) {
    String said = said(body);
    return switch (status) {
      case 401 -> new WrongInput(url + (withCredentials ? " does not know these credentials" : " asks for credentials")
          + said + ". Set " + USER + " and " + PASSWORD + ", or name a --token-file");
      case 403 -> new WrongInput(url + " refuses " + path + said);
      case 404 -> noTroupe("it does not know " + path);
      default -> new Failed(url + " answers " + path + " with status " + status + said);
    };
  }

  private Failed noTroupe(String why) {
    return new Failed("what answers at " + url + " is no Troupe, or an older one: " + why
        + ". Is that the management port?");
  }

  /** What the server says is wrong, if it says it in its way. */
  private static String said(byte[] body) {
    try {
      JsonNode error = new ObjectMapper().readTree(body).path("error");
      return error.isTextual() ? ": " + Texts.printable(error.textValue()) : "";
    } catch (IOException e) {
      return "";
    }
  }

  private URI address(String path) {
    boolean usable = url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
    if (!usable || url.getUserInfo() != null) {
      throw new WrongInput("--url has to be like http://127.0.0.1:7626 or https://zoo1.example.org:7626"
          + (url.getUserInfo() == null ? ", not " + url : ", without a user and a password"));
    }
    return URI.create(url.toString().replaceAll("/+$", "") + path);
  }

  private Optional<String> authorization() throws IOException {
    if (tokenFile.isPresent()) {
      return Optional.of("Bearer " + Files.readString(tokenFile.get()).strip());
    }
    String user = environment.get(USER);
    String password = environment.get(PASSWORD);
    if (user == null && password == null) {
      return Optional.empty();
    }
    if (user == null || password == null) {
      throw new WrongInput(USER + " and " + PASSWORD + " belong together; only one of them is set");
    }
    return Optional.of("Basic "
        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
  }

  private HttpClient client() throws IOException {
    if (client == null) {
      HttpClient.Builder builder = HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(PATIENCE);
      if (ca.isPresent()) {
        builder.sslContext(trusting(ca.get()));
      }
      client = builder.build();
    }
    return client;
  }

  private static SSLContext trusting(Path file) throws IOException {
    try (InputStream pem = Files.newInputStream(file)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(pem);
      if (certificates.isEmpty()) {
        throw new WrongInput("--ca " + file + ": there is no certificate in it");
      }
      KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
      known.load(null, null);
      int number = 0;
      for (Certificate certificate : certificates) {
        known.setCertificateEntry("ca" + number++, certificate);
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(known);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (CertificateException e) {
      throw new WrongInput("--ca " + file + ": this is no certificate in PEM: " + e.getMessage());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has these", e);
    }
  }
}
